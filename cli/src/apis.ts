/** Where a deployment's services listen: as given, or as the deployment file says. */

import { UsageError } from "./errors.ts";
import { readDeploymentFile } from "./network.ts";

/** `name` is the deployment's, or the URL where only that was given. */
export type Api = { name: string; url: string };

/** Throws UsageError where the file does not say and `given` does not either. */
export function apiOf({ file, name, given }: { file: string; name: string; given: string | undefined }): string {
  if (given !== undefined) return parseApi(given, name);
  const found = readApis(file).find((api) => api.name === name);
  if (found !== undefined) return found.url;
  throw new UsageError(`${file} names no ${name}; give its URL with --${name}`);
}

/** Of the monitors each once, in the file's order; none where the file names none. Throws UsageError for what is no URL. */
export function monitorApis({ file, given }: { file: string; given: readonly string[] }): Api[] {
  if (given.length === 0) return readApis(file).filter(({ name }) => /^monitor(-\d+)?$/.test(name));
  return [...new Set(given.map((url) => parseApi(url, "monitor")))].map((url) => ({ name: url, url }));
}

function readApis(file: string): Api[] {
  const { apis } = readDeploymentFile(file);
  if (typeof apis !== "object" || apis === null) return [];
  return Object.entries(apis).flatMap(([name, url]: [string, unknown]) =>
    typeof url === "string" && isHttp(url) ? [{ name, url }] : [],
  );
}

function parseApi(text: string, name: string): string {
  if (isHttp(text)) return text.replace(/\/+$/, "");
  throw new UsageError(`"${text}" is no URL; give the ${name}'s, as in http://127.0.0.1:8801`);
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
}
