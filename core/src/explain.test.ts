import { ExecutionRevertedError, encodeErrorResult, type Hex, RpcRequestError } from "viem";
import { expect, test } from "vitest";
import { errorsAbi } from "./abi/errors.ts";
import { FatalError } from "./errors.ts";
import { explain, explainRevert, revertData } from "./explain.ts";
import { sentences } from "./sentences.ts";

const rpcError = (data: Hex) =>
  new ExecutionRevertedError({
    cause: new RpcRequestError({
      body: {},
      url: "http://localhost",
      error: { code: 3, message: "execution reverted", data },
    }) as never,
  });

test("a revert anywhere in the causes is decoded into name, values and a sentence", () => {
  const account = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
  const data = encodeErrorResult({
    abi: errorsAbi,
    errorName: "AccessManagerUnauthorizedCall",
    args: [account, account, "0x12345678"],
  });
  expect(explain(new FatalError("outer", { cause: rpcError(data) }))).toEqual({
    name: "AccessManagerUnauthorizedCall",
    args: { caller: account, target: account, selector: "0x12345678" },
    sentence: `${account} has no role for 0x12345678; use the role's key, or grant it the role first.`,
  });
});

test("a revert without its own sentence still says what it carries", () => {
  const data = encodeErrorResult({
    abi: errorsAbi,
    errorName: "LZ_ULN_InvalidWorkerId",
    args: [7],
  });
  expect(explainRevert(data).sentence).toMatch(/^The contract refused: LZ_ULN_InvalidWorkerId \(workerId 7\)/);
});

test("Error(string), Panic, empty and unknown data have their names", () => {
  const text = encodeErrorResult({ abi: errorsAbi, errorName: "Error", args: ["too late"] });
  expect(explainRevert(text)).toMatchObject({ name: "Error", sentence: "The contract refused: too late." });
  const panic = encodeErrorResult({ abi: errorsAbi, errorName: "Panic", args: [17n] });
  expect(explainRevert(panic)).toMatchObject({ name: "Panic", args: { code: 17n } });
  expect(explainRevert("0x").name).toBe("EmptyRevert");
  expect(explainRevert("0xdeadbeef")).toMatchObject({ name: "UnknownRevert", args: { data: "0xdeadbeef" } });
});

test("errors that are no revert keep their own words", () => {
  expect(explain(new FatalError("Stop here.", { details: { count: 1n } }))).toEqual({
    name: "FatalError",
    args: { count: 1n },
    sentence: "Stop here.",
  });
  expect(revertData(new Error("x"))).toBeUndefined();
  expect(explain("text").sentence).toBe("text");
});

test("every sentence speaks of an error that exists", () => {
  const known = new Set<string>(errorsAbi.map(({ name }) => name));
  expect(Object.keys(sentences).filter((name) => !known.has(name))).toEqual([]);
});
