import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createPaperLane } from "../testing/deployment.ts";
import { createEvidenceStore } from "./evidenceStore.ts";

const directory = await mkdtemp(join(tmpdir(), "weighlock-evidence-"));
afterAll(() => rm(directory, { recursive: true }));

const key = { lane: createPaperLane(), claim: { count: 5n, ackCount: 2n }, nonce: 1n };
const account = { address: "0x01", accountProof: ["0x02"], storage: [{ slot: "0x03", proof: ["0x04"] }] } as const;
const evidence = {
  blockHash: "0x05",
  header: "0x06",
  gateway: { ...account, accountProof: [...account.accountProof], storage: [{ slot: "0x03", proof: ["0x04"] }] },
  endpoint: { ...account, accountProof: [...account.accountProof], storage: [{ slot: "0x03", proof: ["0x04"] }] },
} satisfies Awaited<ReturnType<Awaited<ReturnType<typeof createEvidenceStore>>["get"]>>;

test("evidence survives a restart, and is gone when it is deleted", async () => {
  await (await createEvidenceStore({ directory })).set(key, evidence);
  const store = await createEvidenceStore({ directory });
  expect(await store.get(key)).toEqual(evidence);
  expect(await store.get({ ...key, nonce: 2n })).toBeUndefined();
  await store.delete(key);
  expect(await store.get(key)).toBeUndefined();
});

test.each(["", "{", '{"blockHash":"0x05"}', '{"blockHash":1}'])("a spoilt file counts as none: %s", async (text) => {
  const store = await createEvidenceStore({ directory });
  await store.set(key, evidence);
  const [file = ""] = await readdir(join(directory, "evidence"));
  await writeFile(join(directory, "evidence", file), text);
  expect(await store.get(key)).toBeUndefined();
});
