import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findBookErrors } from "@/server/testing/book-errors";
import { openCrashBench } from "@/server/testing/crash-bench";
import { openDatabase } from "./open-database";

// Signs users in, one after another, and says so once each is committed.
const WRITER = `
const { openDatabase } = await import("./server/adapters/db/open-database.ts");
const { PrismaUserRepository } = await import("./server/adapters/db/prisma-user-repository.ts");
const db = await openDatabase({ dataDir: process.argv[1] });
db.setUrl("http://127.0.0.1:4300");
const users = new PrismaUserRepository(db);
for (let i = 0; ; i++) {
  const { workspaceId } = await users.signIn({ address: "0x" + process.pid + "-" + i, marketNow: 1000 });
  process.stdout.write(workspaceId + "\\n");
}
`;
const root = path.resolve(import.meta.dirname, "../../..");

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), "crash-"));
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

it("loses nothing it acknowledged when its process is killed in the middle of writing, and is free for the next at once", async () => {
  const acknowledged: string[] = [];
  for (const kills of [5, 12]) {
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", WRITER, dir], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let seen = 0;
    let refused: Promise<unknown> | null = null;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(line);
      seen += 1;
      refused ??= expect(openDatabase({ dataDir: dir })).rejects.toMatchObject({
        code: "DATA_FOLDER_IN_USE",
        details: { data: { url: "http://127.0.0.1:4300" } },
      });
      if (seen === kills) {
        await refused;
        child.kill("SIGKILL");
      }
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    expect(seen).toBeGreaterThanOrEqual(kills);
  }
  const db = await openDatabase({ dataDir: dir, migrationsDir: path.join(root, "prisma/migrations") });
  try {
    const kept = new Set((await db.prisma.workspace.findMany({ select: { id: true } })).map((w) => w.id));
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    for (const id of kept) expect(await findBookErrors(db, id)).toEqual([]);
  } finally {
    await db.close();
  }
});

/** Lives in passing; the soak has more. */
const LIVES = Number(process.env.TORN_WRITES ?? "2");
it(`keeps turns whole when its process is killed with half a write done (${LIVES} lives)`, { timeout: LIVES * 30_000 + 60_000 }, async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "torn-"));
  const bench = await openCrashBench(folder, "pglite");
  try {
    const places = Array.from({ length: LIVES }, () => "within a write" as const);
    const report = await bench.run({ seed: process.env.TORN_SEED ?? "torn", places, signal: "SIGKILL", naive: null });
    console.log(`killed ${report.killed.length} times in the middle of a write; orders ${report.orders}, executions ${report.executions}`);
    expect(report.killed.length).toBeGreaterThan(0);
    expect(report.orders).toBeGreaterThan(0);
    expect(report).toMatchObject({ duplicates: 0, unbooked: [], wrongBooks: [], unfinishedTurns: [], sendingOrders: [] });
  } finally {
    await bench.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
