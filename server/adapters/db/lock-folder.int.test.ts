import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataFolderInUse, lockFolder } from "./lock-folder";
import { isRunning, ownIdentity } from "./process-identity";

// Takes the lock when it can, enters a section that notices a second visitor, and dies in it without releasing.
const CONTENDER = `
import fs from "node:fs";
import { lockFolder } from "./lock.mjs";
const [folder, kind] = process.argv.slice(2);
const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const file = folder + "/lock.json";
// The control: looks, and only then writes.
const naive = () => {
  try { process.kill(JSON.parse(fs.readFileSync(file, "utf8")).pid, 0); throw Object.assign(new Error("in use"), { code: "DATA_FOLDER_IN_USE" }); }
  catch (e) { if (e.code === "DATA_FOLDER_IN_USE") throw e; }
  pause(50);
  fs.writeFileSync(file, JSON.stringify({ pid: process.pid }));
};
for (;;) {
  try { kind === "naive" ? naive() : lockFolder(folder); break; }
  catch (e) { if (e.code !== "DATA_FOLDER_IN_USE") { fs.appendFileSync(folder + "/log", "error " + e.stack + "\\n"); process.exit(1); } pause(3); }
}
try { fs.closeSync(fs.openSync(folder + "/inside", "wx")); } catch { fs.appendFileSync(folder + "/log", "overlap\\n"); }
pause(20);
fs.rmSync(folder + "/inside", { force: true });
fs.appendFileSync(folder + "/log", "held\\n");
process.kill(process.pid, "SIGKILL");
`;

let root: string;
beforeAll(async () => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "lock-"));
  await build({
    entryPoints: [path.join(import.meta.dirname, "lock-folder.ts")],
    outfile: path.join(root, "lock.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  fs.writeFileSync(path.join(root, "contender.mjs"), CONTENDER);
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const folder = () => fs.mkdtempSync(path.join(root, "data-"));

async function contend(kind: "ours" | "naive", contenders: number): Promise<string[]> {
  const dir = folder();
  const children: ChildProcess[] = Array.from({ length: contenders }, () =>
    spawn(process.execPath, [path.join(root, "contender.mjs"), dir, kind], { stdio: "ignore" }),
  );
  await Promise.all(children.map((c) => once(c, "exit")));
  return fs.readFileSync(path.join(dir, "log"), "utf8").trim().split("\n");
}

describe("lockFolder", () => {
  it("is held by one process at a time while twelve take it over from each other's corpses", async () => {
    expect(await contend("ours", 12)).toEqual(Array.from({ length: 12 }, () => "held"));
  });

  it("control: looking before writing lets two in", async () => {
    expect(await contend("naive", 12)).toContain("overlap");
  });

  it("names the holder and its URL to whoever is refused, and is free after the release", () => {
    const dir = folder();
    const lock = lockFolder(dir);
    lock.setUrl("http://127.0.0.1:4300");
    expect(() => lockFolder(dir)).toThrow(DataFolderInUse);
    expect(() => lockFolder(dir)).toThrow(new RegExp(`process ${process.pid}.*http://127\\.0\\.0\\.1:4300`));
    lock.release();
    lockFolder(dir).release();
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  it("takes over from an earlier process with the same pid", () => {
    const dir = folder();
    const before = { ...ownIdentity(), start: "1", token: "t", since: "earlier", url: null };
    fs.writeFileSync(path.join(dir, "lock.json"), JSON.stringify(before));
    if (ownIdentity().start === "") expect(() => lockFolder(dir)).toThrow(DataFolderInUse);
    else lockFolder(dir).release();
  });

  it("believes a holder it cannot see while it beats, and not after", () => {
    const dir = folder();
    const file = path.join(dir, "lock.json");
    fs.writeFileSync(file, JSON.stringify({ ...ownIdentity(), host: "elsewhere", token: "t", since: "earlier", url: null }));
    expect(() => lockFolder(dir)).toThrow(/another machine or container/);
    const silent = new Date(Date.now() - 60_000);
    fs.utimesSync(file, silent, silent);
    lockFolder(dir).release();
  });

  it("takes over an unreadable lock once it is silent", () => {
    const dir = folder();
    const file = path.join(dir, "lock.json");
    fs.writeFileSync(file, "");
    expect(() => lockFolder(dir)).toThrow(DataFolderInUse);
    const silent = new Date(Date.now() - 60_000);
    fs.utimesSync(file, silent, silent);
    lockFolder(dir).release();
  });

  it.skipIf(!fs.existsSync("/proc/self/stat"))("counts a zombie as dead", async () => {
    // `sleep 5` has taken the shell's place and never collects the child it inherits.
    const parent = spawn("sh", ["-c", "sleep 0.05 & echo $!; exec sleep 5"], { stdio: ["ignore", "pipe", "ignore"] });
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    const state = () => fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0];
    while (state() !== "Z") await new Promise((ok) => setTimeout(ok, 10));
    expect(isRunning({ ...ownIdentity(), pid, start: "" })).toBe(false);
    parent.kill();
    await once(parent, "exit");
  });
});
