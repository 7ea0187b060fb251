import { expect, test } from "vitest";
import { FatalError, messageOf, RetryableError, WeighlockError } from "./errors.ts";

test("the message states the fact first and lists the values under it", () => {
  const error = new RetryableError("The window is not yet accepted.", { details: { count: 5n, paths: ["a"] } });
  expect(error.message).toBe('The window is not yet accepted.\n  count: 5\n  paths: ["a"]');
  expect(error.name).toBe("RetryableError");
  expect(messageOf(error)).toBe("The window is not yet accepted.");
});

test("details never show a secret", () => {
  expect(new FatalError("x", { details: { privateKey: "0xabc" } }).message).not.toContain("abc");
});

test("walk() finds a cause, or the root", () => {
  const root = new TypeError("socket closed");
  const error = new WeighlockError("a", { cause: new RetryableError("b", { cause: root }) });
  expect(error.walk((each) => each instanceof RetryableError)).toBe(error.cause);
  expect(error.walk((each) => each instanceof RangeError)).toBeUndefined();
  expect(error.walk()).toBe(root);
});
