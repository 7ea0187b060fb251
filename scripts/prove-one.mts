/**
 * Runs the compiler's model checker over one harness, and ends: a query that goes wrong spoils the compiler's process. Reads
 * a `Question` from stdin, writes an `Answer` to stdout.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import solc from "solc";

export type Question = {
  /** Path in the repository, with the contract of the same name in it. */
  path: string;
  contract: string;
  engine: "chc" | "bmc";
  /** How often loops are unrolled. */
  loops: number;
  /** Text to use in the place of a file's own, by path in the repository. */
  sources: Record<string, string>;
};

/** What was said of a piece of the harness's source, by bytes. */
export type Answer = {
  said: { start: number; end: number; code: string; message: string; counterexample: string }[];
  errors: string[];
};

type Message = {
  severity: string;
  errorCode: string;
  message: string;
  formattedMessage: string;
  sourceLocation?: { file: string; start: number; end: number };
  secondarySourceLocations?: { message: string }[];
};

const ROOT = join(import.meta.dirname, "..");
const question = JSON.parse(readFileSync(0, "utf8")) as Question;

const input = {
  language: "Solidity",
  sources: { [question.path]: { content: contentOf(question.path) } },
  settings: {
    evmVersion: "cancun",
    remappings: ["@openzeppelin/=node_modules/@openzeppelin/"],
    modelChecker: {
      contracts: { [question.path]: [question.contract] },
      engine: question.engine,
      solvers: ["z3"],
      targets: ["assert"],
      divModNoSlacks: true,
      showProvedSafe: true,
      showUnproved: true,
      showUnsupported: true,
      ...(question.engine === "bmc" ? { bmcLoopIterations: question.loops } : {}),
    },
    outputSelection: { "*": { "": [] } },
  },
};
const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read })) as { errors?: Message[] };
const messages = output.errors ?? [];
const answer: Answer = {
  said: messages.flatMap(({ errorCode, message, sourceLocation, secondarySourceLocations }) =>
    sourceLocation?.file === question.path
      ? [
          {
            start: sourceLocation.start,
            end: sourceLocation.end,
            code: errorCode,
            message,
            counterexample: (secondarySourceLocations ?? []).map((each) => each.message).join("\n"),
          },
        ]
      : [],
  ),
  errors: messages.filter(({ severity }) => severity === "error").map(({ formattedMessage }) => formattedMessage),
};
process.stdout.write(JSON.stringify(answer));

function contentOf(path: string): string {
  return question.sources[path] ?? readFileSync(join(ROOT, path), "utf8");
}

function read(path: string): { contents: string } | { error: string } {
  try {
    return { contents: contentOf(path) };
  } catch (error) {
    return { error: String(error) };
  }
}
