import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { apiFixture } from "@/server/testing/api";
import { describeDatabase } from "@/server/testing/database";

const root = path.resolve(import.meta.dirname, "..");
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const run = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise((done) => {
    const child = execFile(
      process.execPath,
      ["--import", "tsx", "examples/follow-agent.ts", ...args],
      { cwd: root, timeout: 50_000 },
      (error, out, err) => done({ code: typeof error?.code === "number" ? error.code : (child.exitCode ?? 1), out, err }),
    );
  });

describeDatabase("the example script", (db) => {
  /** The API on a port, with the durable work done at once after each call that asks for some. */
  async function serve() {
    const api = apiFixture(db());
    const person = await api.person();
    const server = createServer(async (req, res) => {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      const response = await api.handle(
        new Request(`http://127.0.0.1${req.url}`, {
          method: req.method ?? "GET",
          headers: req.headers as Record<string, string>,
          ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
        }),
      );
      for (const agent of await db().prisma.agent.findMany({ where: { status: { in: ["starting", "stopping"] } } }))
        await api.scheduler.finishTransition(agent.workspaceId, agent.id);
      for (const request of api.requested.splice(0)) await api.runner.run(request);
      res.writeHead(response.status, Object.fromEntries(response.headers)).end(Buffer.from(await response.arrayBuffer()));
    });
    await new Promise<void>((ok) => server.listen(0, "127.0.0.1", ok));
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return { person, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  it("creates an agent, starts it, sees it decide and stops it, with an API key", async () => {
    const { person, url } = await serve();
    const { key } = await person.apiKey("read", "trade");
    const { code, out, err } = await run("--url", url, "--key", key, "--decisions", "1", "--seconds", "30");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("Followed 1.");
    const agents = await db().prisma.agent.findMany({ include: { turns: true } });
    expect(agents).toMatchObject([{ status: "stopped", workspaceId: person.caller.scope.workspaceId, turns: [{}] }]);
  });

  it("says what is wrong with a key that may only read", async () => {
    const { person, url } = await serve();
    const { key } = await person.apiKey("read");
    const { code, err } = await run("--url", url, "--key", key);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("SCOPE_MISSING") });
    expect(await db().prisma.agent.count()).toBe(0);
  });
});

it("asks for the key", async () => {
  expect(await run()).toMatchObject({ code: 1, err: expect.stringContaining("--key is missing") });
});
