import fs from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..", process.env.SHARED_DATA ?? "../shared/data");

/** Path of a file of the shared test data, or null when this machine does not have it. */
export function sharedFile(name: string): string | null {
  const file = path.join(root, name);
  return fs.existsSync(file) ? file : null;
}

/** Parsed JSON of the shared test data by name; empty when missing (say so with `describe.skipIf`). */
export function sharedJson<T>(name: string): Record<string, T> {
  const file = sharedFile(name);
  return file ? (JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, T>) : {};
}
