/** Where a command writes: lines for people, or exactly one JSON value for programs. */

import { toPlain } from "@weighlock/core/plain.ts";

export type Output = {
  isJson: boolean;
  /** For people; silent with --json. */
  say(line: string): void;
  /** The result: `lines` for people, `value` as JSON (bigints as decimal strings) with --json. */
  result(lines: readonly string[], value: unknown): void;
};

export type Streams = { stdout: (text: string) => void; stderr: (text: string) => void };

export function createOutput({ isJson, streams }: { isJson: boolean; streams: Streams }): Output {
  const say = (line: string) => {
    if (!isJson) streams.stdout(`${line}\n`);
  };
  return {
    isJson,
    say,
    result(lines, value) {
      if (isJson) streams.stdout(`${JSON.stringify(toPlain(value), null, 2)}\n`);
      else for (const line of lines) say(line);
    },
  };
}
