/**
 * Writes core/src/abi/: typed ABIs and bytecode from forge's output, storage layouts for eth_getProof, and one merged
 * ABI of every error that a call of ours can revert with. Run after `forge build`; exits 1 when a contract is missing.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Abi, type Hex, isHex, toFunctionSelector } from "viem";
import { formatAbiItem } from "viem/utils";

const CONTRACTS = [
  "Gateway",
  "LayerZeroPath",
  "WatcherPath",
  "DvnSubmitter",
  "CollateralVault",
  "PauseController",
  "TipJar",
  "ClearingHouse",
  "DevnetToken",
];
const PACKAGED: Record<string, string> = {
  AccessManager: "@openzeppelin/contracts/build/contracts/AccessManager.json",
};
/** Their errors surface through our calls; their ABIs are read from the packages where they are needed. */
const ERROR_SOURCES = [
  "@layerzerolabs/lz-evm-protocol-v2/artifacts/contracts/EndpointV2.sol/EndpointV2.json",
  "@layerzerolabs/lz-evm-messagelib-v2/artifacts/contracts/uln/uln302/SendUln302.sol/SendUln302.json",
  "@layerzerolabs/lz-evm-messagelib-v2/artifacts/contracts/uln/uln302/ReceiveUln302.sol/ReceiveUln302.json",
  "@layerzerolabs/lz-evm-messagelib-v2/artifacts/contracts/uln/dvn/DVN.sol/DVN.json",
  "@layerzerolabs/lz-evm-messagelib-v2/artifacts/contracts/Executor.sol/Executor.json",
  "@openzeppelin/contracts/build/contracts/ERC20.json",
  "@openzeppelin/contracts/build/contracts/SafeERC20.json",
];
const ROOT = join(import.meta.dirname, "..");
const OUT = join(ROOT, "out");
const TARGET = join(ROOT, "core/src/abi");

type AbiError = Extract<Abi[number], { type: "error" }>;
type StorageItem = { label: string; slot: string; offset: number; type: string };
type StorageType = { label: string; numberOfBytes: string; encoding: string; members?: StorageItem[] };
type Artifact = {
  abi: Abi;
  bytecode: Hex | { object: Hex; linkReferences: Record<string, unknown> };
  linkReferences?: Record<string, unknown>;
  storageLayout?: { storage: StorageItem[]; types: Record<string, StorageType> | null };
};

const resolve = createRequire(import.meta.url).resolve;
const readArtifact = (file: string): Artifact => JSON.parse(readFileSync(file, "utf8"));
const camel = (name: string) => `${name[0]?.toLowerCase()}${name.slice(1)}`;
const banner = (source: string) => `// Generated from ${source} by scripts/generate-abi.mts; not edited by hand.\n\n`;

function findContract(name: string): string | undefined {
  if (!existsSync(OUT)) return undefined;
  const found = readdirSync(OUT, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(`.sol/${name}.json`) && dirname(path).endsWith(`${name}.sol`),
  );
  if (found.length > 1) throw new Error(`${name} was built from several files: ${found.join(", ")}. Rename one.`);
  return found[0] === undefined ? undefined : join(OUT, found[0]);
}

function bytecodeOf(name: string, { bytecode, linkReferences = {} }: Artifact): Hex {
  const object = typeof bytecode === "string" ? bytecode : bytecode.object;
  const links = typeof bytecode === "string" ? linkReferences : bytecode.linkReferences;
  if (Object.keys(links).length > 0) throw new Error(`${name} needs linked libraries; make their functions internal.`);
  if (!isHex(object) || object === "0x") throw new Error(`${name} has no bytecode; is it abstract?`);
  return object;
}

function layoutOf({ storageLayout }: Artifact) {
  if (!storageLayout) return undefined;
  const types = storageLayout.types ?? {};
  const place = ({ slot, offset, type }: StorageItem) => ({
    slot: Number(slot),
    offset,
    bytes: Number(types[type]?.numberOfBytes),
    type: types[type]?.label ?? type,
  });
  const byLabel = (items: StorageItem[]) => Object.fromEntries(items.map((item) => [item.label, place(item)]));
  const structs = Object.values(types).flatMap(({ label, members }) =>
    members ? [[label.replace(/^struct (.*\.)?/, ""), byLabel(members)] as const] : [],
  );
  return { variables: byLabel(storageLayout.storage), structs: Object.fromEntries(structs) };
}

/** One entry per selector; two different errors under one selector could not be told apart, so they end the build. */
function mergeErrors(abis: readonly (readonly [string, Abi])[]): AbiError[] {
  const bySelector = new Map<string, { error: AbiError; signature: string; source: string }>();
  for (const [source, abi] of abis) {
    for (const error of abi) {
      if (error.type !== "error") continue;
      const signature = formatAbiItem(error);
      const selector = toFunctionSelector(signature);
      const known = bySelector.get(selector);
      if (known && known.signature !== signature) {
        throw new Error(
          `Two errors share ${selector}: ${known.signature} (${known.source}), ${signature} (${source}).`,
        );
      }
      if (!known) bySelector.set(selector, { error, signature, source });
    }
  }
  const byName = new Map<string, string>();
  for (const { error, signature, source } of bySelector.values()) {
    const known = byName.get(error.name);
    if (known && CONTRACTS.includes(source)) console.warn(`two shapes of one error name: ${known} and ${signature}`);
    byName.set(error.name, signature);
  }
  return [...bySelector.values()].map(({ error }) => error).sort((a, b) => a.name.localeCompare(b.name));
}

const builtIn: AbiError[] = [
  { type: "error", name: "Error", inputs: [{ name: "reason", type: "string" }] },
  { type: "error", name: "Panic", inputs: [{ name: "code", type: "uint256" }] },
];

const missing: string[] = [];
const files: Record<string, string> = {};
const layouts: Record<string, unknown> = {};
const errorSources: [string, Abi][] = [["Solidity", builtIn]];

for (const name of [...CONTRACTS, ...Object.keys(PACKAGED)]) {
  const packaged = PACKAGED[name];
  const file = packaged ? resolve(packaged) : findContract(name);
  if (!file) {
    missing.push(name);
    continue;
  }
  const artifact = readArtifact(file);
  const layout = layoutOf(artifact);
  if (layout) layouts[name] = layout;
  else if (!packaged) throw new Error(`${name} has no storageLayout; foundry.toml must ask for it in extra_output.`);
  errorSources.push([name, artifact.abi]);
  files[camel(name)] =
    `${banner(packaged ?? `${name}.sol`)}export const ${camel(name)}Abi = ${JSON.stringify(artifact.abi, null, 2)} as const;\n\n` +
    `export const ${camel(name)}Bytecode = "${bytecodeOf(name, artifact)}";\n`;
}
for (const source of ERROR_SOURCES) errorSources.push([source, readArtifact(resolve(source)).abi]);
files.errors = `${banner("every contract's errors")}export const errorsAbi = ${JSON.stringify(mergeErrors(errorSources), null, 2)} as const;\n`;
files.layout = `${banner("storageLayout")}export const layout = ${JSON.stringify(layouts, null, 2)} as const;\n`;

mkdirSync(TARGET, { recursive: true });
for (const [name, text] of Object.entries(files)) writeFileSync(join(TARGET, `${name}.ts`), text);
for (const stale of readdirSync(TARGET)) {
  if (!(stale.replace(/\.ts$/, "") in files)) rmSync(join(TARGET, stale));
}
console.log(`core/src/abi: ${Object.keys(files).join(", ")}`);
if (missing.length > 0) {
  console.error(`Not built by forge, so not generated: ${missing.join(", ")}. Run forge build and read its errors.`);
  process.exitCode = 1;
}
