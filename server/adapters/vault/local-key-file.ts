import { randomBytes, randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { DomainError } from "@/server/shared";
import { type MasterKeys, parseVaultKey } from "./master-keys";

const NAME = "vault.key";

/**
 * The master key of demo and development: a file in the data folder that only its owner can read, made at the first start.
 * In production it is refused (VAULT_KEY_REQUIRED): a key beside the data it protects protects nothing.
 */
export function openLocalKeyFile(dataDir: string, mode: "demo" | "development" | "production"): MasterKeys {
  if (mode === "production") {
    throw new DomainError("VAULT_KEY_REQUIRED", "In production VAULT_KEY must be set: the key file in the data folder is for demo and development.", {
      field: "VAULT_KEY",
    });
  }
  const file = path.join(/*turbopackIgnore: true*/ dataDir, NAME);
  fs.mkdirSync(dataDir, { recursive: true });
  if (!fs.existsSync(file)) create(file);
  fs.chmodSync(file, 0o600);
  return parseVaultKey(fs.readFileSync(file, "utf8").trim());
}

/** By link(2), so that the file appears whole and two starters agree on one key. */
function create(file: string): void {
  const draft = `${file}.${randomUUID()}`;
  fs.writeFileSync(draft, `local-${randomUUID().slice(0, 8)}:${randomBytes(32).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
  try {
    fs.linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}
