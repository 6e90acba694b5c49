import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openLocalKeyFile } from "./local-key-file";

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), "vault-"));
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

it("makes one key, readable by its owner only, and finds it again", () => {
  const first = openLocalKeyFile(path.join(dir, "data"), "demo");
  expect(openLocalKeyFile(path.join(dir, "data"), "development")).toEqual(first);
  const [file, ...others] = fs.readdirSync(path.join(dir, "data"));
  expect(others).toEqual([]);
  expect(fs.statSync(path.join(dir, "data", file as string)).mode & 0o777).toBe(0o600);
});

it("is refused in production, and makes nothing", () => {
  expect(() => openLocalKeyFile(dir, "production")).toThrow(expect.objectContaining({ code: "VAULT_KEY_REQUIRED" }));
  expect(fs.readdirSync(dir)).toEqual([]);
});
