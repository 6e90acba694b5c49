import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { openDatabase } from "@/server/adapters/db/open-database";
import { PrismaUserRepository } from "@/server/adapters/db/prisma-user-repository";
import { turnCode } from "@/server/agents";
import { handleBackup } from "@/server/api/handle-backup";
import { LiveReplayService } from "@/server/api/services-live/replay-service";
import { fixed, HOUR_MS } from "@/server/shared";
import { findBookErrors } from "@/server/testing/book-errors";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { rolledModel } from "@/server/testing/rolled-model";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { backupCommand } from "./backup-command";
import { backupOf } from "./backup-of";
import { writeOwnerToken } from "./owner-token";

const migrationsDir = path.resolve(import.meta.dirname, "../../../../prisma/migrations");
const START = Date.UTC(2026, 10, 2);
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});
const temporary = (): string => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "backup-"));
  cleanUp.push(() => fs.rmSync(dir, { recursive: true, force: true }));
  return dir;
};
async function command(what: "backup" | "restore", ...argv: string[]) {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const code = await backupCommand(what, argv, { out: say, err: say, now: START, dataDir: path.join(os.tmpdir(), "nowhere"), migrationsDir });
  return { code, said: said.join("\n") };
}

/** A data folder with one signed-in user, free again. */
async function smallFolder(address: string): Promise<{ dir: string; workspaceId: string }> {
  const dir = temporary();
  const db = await openDatabase({ dataDir: dir });
  const { workspaceId } = await new PrismaUserRepository(db).signIn({ address, marketNow: START });
  await db.close();
  return { dir, workspaceId };
}
const signsInTo = async (dir: string, address: string): Promise<string> => {
  const db = await openDatabase({ dataDir: dir });
  try {
    return (await new PrismaUserRepository(db).signIn({ address, marketNow: START })).workspaceId;
  } finally {
    await db.close();
  }
};

it("backs up a server at work; restored, the books balance, decisions replay and its user signs in to the same workspace", {
  timeout: 60_000,
}, async () => {
  const dir = temporary();
  const db = await openDatabase({ dataDir: dir });
  const token = writeOwnerToken(dir);
  const server = http.createServer(async (req, res) => {
    const headers = new Headers({ authorization: req.headers.authorization ?? "" });
    const answer = await handleBackup(new Request("http://127.0.0.1/api/backup", { method: "POST", headers }), {
      token,
      make: () => backupOf(db, START),
    });
    res.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  db.setUrl(url);
  const user = await new PrismaUserRepository(db).signIn({ address: "0xowner", marketNow: START });
  const { scope, workspaceId } = await seedWorkspace(db, { dailyModelCap: fixed("1000") });
  const a = liveAgents(db, { start: START, model: rolledModel("backup") });
  const limits = { ...TEST_CONFIG.limits, maxDailyLoss: null, maxOrdersPerHour: null };
  const config = { ...TEST_CONFIG, decider: { kind: "model" as const, model: "claude-haiku-4-5" }, dailyModelCap: fixed("1000"), limits };
  const { agentId } = await a.service.create(scope, { config, capital: fixed("10000") });
  await a.service.start(scope, agentId);
  await a.scheduler.finishTransition(workspaceId, agentId);
  let over = false;
  let turns = 0;
  const working = (async () => {
    for (let h = 1; !over || h < 6; h++) {
      const at = START + h * HOUR_MS;
      a.clock.time = at;
      await a.runner.run({ workspaceId, agentId, tickId: `s:${at}`, at, trigger: { kind: "schedule" } });
      turns += 1;
    }
  })();
  await expect.poll(() => turns, { timeout: 20_000 }).toBeGreaterThan(2);
  const before = turns;
  const file = path.join(temporary(), "b.backup");
  const made = await command("backup", "--data", dir, "--to", file);
  expect(made).toMatchObject({ code: 0, said: expect.stringContaining("master key is not in it") });
  over = true;
  await working;
  await db.close();
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);

  const restored = temporary();
  expect(await command("restore", file, "--data", restored)).toMatchObject({ code: 0 });
  const again = await openDatabase({ dataDir: restored });
  cleanUp.push(() => again.close());
  expect(await findBookErrors(again, workspaceId)).toEqual([]);
  const kept = await again.prisma.turn.findMany({ where: { agentId }, orderBy: { at: "asc" } });
  expect(kept.length).toBeGreaterThanOrEqual(before);
  const { turns: store } = liveAgents(again, { start: START });
  const replay = new LiveReplayService({ db: again, turns: store, code: turnCode("test"), wall: a.clock });
  for (const turn of kept.slice(0, before)) expect(await replay.replay(scope, turn.id)).toMatchObject({ result: "identical" });
  expect((await new PrismaUserRepository(again).signIn({ address: "0xowner", marketNow: START })).workspaceId).toBe(user.workspaceId);
});

it("gives the data to nobody without the folder's token, and of a Postgres server to nobody at all", async () => {
  const ask = (token: string | null, bearer?: string) =>
    handleBackup(new Request("http://127.0.0.1/api/backup", { method: "POST", headers: bearer ? { authorization: `Bearer ${bearer}` } : {} }), {
      token,
      make: async () => Buffer.from("data"),
    });
  expect((await ask("right")).status).toBe(401);
  expect((await ask("right", "wrong")).status).toBe(401);
  expect((await ask(null, "right")).status).toBe(404);
  expect(await (await ask("right", "right")).text()).toBe("data");
});

it("refuses a damaged backup, one of a newer build, and a folder with data; with --force what was there is kept beside", {
  timeout: 60_000,
}, async () => {
  const source = await smallFolder("0xsource");
  // A copy that can be told apart: quicker than another database.
  const target = { dir: temporary() };
  fs.cpSync(path.join(source.dir, "pg"), path.join(target.dir, "pg"), { recursive: true });
  fs.writeFileSync(path.join(target.dir, "pg/mark"), "");
  const file = path.join(temporary(), "b.backup");
  expect((await command("backup", "--data", source.dir, "--to", file)).code).toBe(0);

  expect(await command("restore", file, "--data", target.dir)).toMatchObject({ code: 2, said: expect.stringContaining("DATA_FOLDER_NOT_EMPTY") });
  const bytes = fs.readFileSync(file);
  const damaged = Buffer.from(bytes);
  damaged[bytes.length - 100] = (damaged[bytes.length - 100] ?? 0) ^ 1;
  fs.writeFileSync(`${file}.damaged`, damaged);
  expect(await command("restore", `${file}.damaged`, "--data", target.dir, "--force")).toMatchObject({
    code: 2,
    said: expect.stringContaining("BACKUP_DAMAGED"),
  });
  fs.writeFileSync(
    `${file}.newer`,
    Buffer.from(bytes.toString("latin1").replace(`"migrations":[`, `"migrations":["29990101000000_later",`), "latin1"),
  );
  expect(await command("restore", `${file}.newer`, "--data", target.dir, "--force")).toMatchObject({
    code: 2,
    said: expect.stringContaining("BACKUP_NEWER"),
  });
  expect(await command("restore", import.meta.filename, "--data", target.dir, "--force")).toMatchObject({
    code: 2,
    said: expect.stringContaining("BACKUP_UNREADABLE"),
  });
  expect(fs.readdirSync(target.dir)).toEqual(["pg"]);
  expect(fs.existsSync(path.join(target.dir, "pg/mark"))).toBe(true);

  expect(await command("restore", file, "--data", target.dir, "--force")).toMatchObject({ code: 0, said: expect.stringContaining("pg.previous") });
  expect(fs.existsSync(path.join(target.dir, "pg/mark"))).toBe(false);
  expect(await signsInTo(target.dir, "0xsource")).toBe(source.workspaceId);
  // As after a crash between the two renames: the old data are there again at the next start.
  fs.rmSync(path.join(target.dir, "pg"), { recursive: true });
  await signsInTo(target.dir, "0xsource");
  expect(fs.existsSync(path.join(target.dir, "pg/mark"))).toBe(true);
});
