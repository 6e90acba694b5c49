import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");

export type ServedProduct = {
  readonly url: string;
  /** Cookie header of the demo trader. */
  readonly cookie: string;
  /** Seconds from the command to a healthy answer: in a new data folder, then in the same one. */
  readonly startedIn: readonly [first: number, second: number];
  stop(): Promise<void>;
};

/** The production build, served as the demo in a data folder of its own. Throws when there is no build. */
export async function serveProduct(): Promise<ServedProduct> {
  if (!fs.existsSync(path.join(root, ".next/BUILD_ID"))) throw new Error("there is no production build (npm run build)");
  const data = fs.mkdtempSync(path.join(os.tmpdir(), "memepulse-bench-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const start = async (): Promise<{ server: ChildProcess; seconds: number }> => {
    const { DATABASE_URL: _database, NEXTAUTH_SECRET: _secret, VAULT_KEY: _key, ...inherited } = process.env;
    const env = { MEMEPULSE_MODE: "demo", DATA_DIR: data, PORT: String(port), NEXTAUTH_URL: url, RATE_LIMIT_MUTATIONS: "0", LOG_LEVEL: "silent" };
    const began = performance.now();
    const next = path.join(root, "node_modules/next/dist/bin/next");
    const server = spawn(process.execPath, [next, "start", "-H", "127.0.0.1", "-p", String(port)], {
      cwd: root,
      stdio: "ignore",
      env: { ...inherited, ...env },
    });
    while (
      !(await fetch(`${url}/api/health`).then(
        (r) => r.ok,
        () => false,
      ))
    ) {
      if (server.exitCode !== null || performance.now() - began > 60_000) throw new Error("the product did not start");
      await new Promise((done) => setTimeout(done, 50));
    }
    return { server, seconds: (performance.now() - began) / 1000 };
  };
  const stop = async (server: ChildProcess): Promise<void> => {
    const gone = new Promise((done) => server.once("exit", done));
    server.kill("SIGTERM");
    await gone;
  };
  const first = await start();
  const cookie = await signIn(url);
  await imported(url, cookie);
  await stop(first.server);
  const second = await start();
  return {
    url,
    cookie,
    startedIn: [first.seconds, second.seconds],
    async stop() {
      await stop(second.server);
      fs.rmSync(data, { recursive: true, force: true });
    },
  };
}

/** One read of the product's API. */
export async function query<T>(url: string, cookie: string, name: string, input?: object): Promise<T> {
  const asked = encodeURIComponent(JSON.stringify(input ? { json: input } : { json: null, meta: { values: ["undefined"] } }));
  const answer = await fetch(`${url}/api/trpc/${name}?input=${asked}`, { headers: { cookie } });
  if (!answer.ok) throw new Error(`${name} answered ${answer.status}`);
  return ((await answer.json()) as { result: { data: { json: T } } }).result.data.json;
}

async function signIn(url: string): Promise<string> {
  const jar = new Map<string, string>();
  const keep = (answer: Response): Response => {
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    return answer;
  };
  const cookie = (): string => [...jar].map(([k, v]) => `${k}=${v}`).join("; ");
  const { csrfToken } = (await keep(await fetch(`${url}/api/auth/csrf`)).json()) as { csrfToken: string };
  keep(
    await fetch(`${url}/api/auth/callback/demo`, {
      method: "POST",
      redirect: "manual",
      headers: { "content-type": "application/x-www-form-urlencoded", cookie: cookie(), origin: url },
      body: new URLSearchParams({ csrfToken, json: "true", callbackUrl: url }),
    }),
  );
  return cookie();
}

/** Waits for the demo's history, so that nothing else is at work while something is measured. */
async function imported(url: string, cookie: string): Promise<void> {
  for (let i = 0; i < 240; i++) {
    const agents = await query<{ status: string }[]>(url, cookie, "agents.list");
    if (agents.length === 4 && agents.every((a) => a.status === "running")) return;
    await new Promise((done) => setTimeout(done, 250));
  }
  throw new Error("the demo's history was not imported within a minute");
}

const freePort = (): Promise<number> =>
  new Promise((done, failed) => {
    const probe = net.createServer().once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });
