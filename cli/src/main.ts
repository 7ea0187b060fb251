import { run } from "./program.ts";

process.exitCode = await run(process.argv.slice(2), {
  streams: {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
  },
  env: process.env,
});
