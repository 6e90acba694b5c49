import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { freePort } from "@/server/testing/free-port";
import { casesOf } from "./all-cases";
import { type ConformanceCase, type Drive, type Entry, eventOf, type SentEvent } from "./conformance-case";
import type { HostConfig } from "./host";

export type Outcome = { readonly id: string; readonly title: string; readonly error: string | null; readonly ms: number };
export type Target = {
  readonly database: HostConfig["database"];
  /** Folder for the journals. */
  readonly folder: string;
  /** Where an Inngest server reaches this machine, without a port. */
  readonly reachedAt?: string;
  /** Longest wait for a word (ms). */
  readonly patienceMs: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly control?: HostConfig["control"];
};

const root = path.resolve(import.meta.dirname, "..");

/** Runs the cases against the target: all side by side in one host, or, where they kill it, one after the other. */
export async function runConformance(target: Target, kills: boolean, only?: string, onOutcome?: (o: Outcome) => void): Promise<Outcome[]> {
  const cases = casesOf(kills).filter((c) => !only || c.id.includes(only));
  const host = await Host.start(target, kills);
  const run = async (c: ConformanceCase): Promise<Outcome> => {
    const begun = Date.now();
    const error = await c.drive(new HostDrive(host, c, target.patienceMs)).then(
      () => null,
      (e: unknown) => (e instanceof Error ? e.message : String(e)),
    );
    const outcome = { id: c.id, title: c.title, error, ms: Date.now() - begun };
    onOutcome?.(outcome);
    return outcome;
  };
  try {
    if (!kills) return await Promise.all(cases.map(run));
    const outcomes: Outcome[] = [];
    for (const c of cases) outcomes.push(await run(c));
    return outcomes;
  } finally {
    await host.stop();
  }
}

/** The process that runs the functions. */
class Host {
  #child: ChildProcess | null = null;
  private constructor(
    private readonly config: HostConfig,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async start(target: Target, kills: boolean): Promise<Host> {
    const port = await freePort();
    const host = new Host(
      {
        port,
        origin: `${target.reachedAt ?? "http://127.0.0.1"}:${port}`,
        journal: path.join(target.folder, `journal-${randomUUID()}.jsonl`),
        kills,
        database: target.database,
        ...(target.control && { control: target.control }),
      },
      target.env ?? {},
    );
    await host.#begin();
    return host;
  }

  get local(): string {
    return `http://127.0.0.1:${this.config.port}`;
  }

  async #begin(): Promise<void> {
    const file = path.join(root, "conformance/host.ts");
    const child = spawn(process.execPath, ["--import", "tsx", file, JSON.stringify(this.config)], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...this.env },
    });
    this.#child = child;
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (process.env.CONFORMANCE_VERBOSE) process.stderr.write(chunk);
    });
    await new Promise<void>((done, refuse) => {
      child.stdout?.on("data", (chunk: Buffer) => chunk.toString().includes("ready") && done());
      child.once("exit", (code) => refuse(new Error(`the host ended (${code}) before it was ready: ${said.slice(-2000)}`)));
      setTimeout(() => refuse(new Error(`the host was not ready in time: ${said.slice(-2000)}`)), 60_000).unref();
    });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await gone;
    clearTimeout(late);
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
    await this.#begin();
  }

  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }
}

class HostDrive implements Drive {
  readonly #token: string;
  constructor(
    private readonly host: Host,
    private readonly of: ConformanceCase,
    private readonly patienceMs: number,
  ) {
    this.#token = `${of.id}-${randomUUID()}`;
  }

  async send(events: SentEvent | readonly SentEvent[] = {}): Promise<void> {
    const body = (Array.isArray(events) ? events : [events]).map(({ on, data, ...rest }: SentEvent) => ({
      name: eventOf(this.of.id, on),
      data: { token: this.#token, ...data },
      ...rest,
    }));
    const answer = await fetch(`${this.host.local}/send`, { method: "POST", body: JSON.stringify(body), signal: AbortSignal.timeout(20_000) });
    if (!answer.ok) throw new Error(`the events were not taken: ${await answer.text()}`);
  }

  async seen(): Promise<readonly Entry[]> {
    const text = (await (await fetch(`${this.host.local}/seen`, { signal: AbortSignal.timeout(20_000) })).json()) as string;
    const entries = text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Entry);
    return entries.filter((e) => e.token === this.#token || (this.of.id === "cron" && e.token === "cron"));
  }

  async words(): Promise<readonly string[]> {
    return (await this.seen()).map((e) => e.what);
  }

  async until(what: string, times = 1): Promise<readonly Entry[]> {
    const end = Date.now() + this.patienceMs;
    for (;;) {
      const seen = await this.seen();
      if (seen.filter((e) => e.what === what).length >= times) return seen;
      if (Date.now() > end)
        throw new Error(`"${what}" was not said ${times} times in ${this.patienceMs / 1000} s; said: ${seen.map((e) => e.what).join(", ")}`);
      await this.pause(50);
    }
  }

  async never(what: string, waitMs: number, allowed = 0): Promise<void> {
    await this.pause(waitMs);
    const times = (await this.words()).filter((w) => w === what).length;
    if (times > allowed) throw new Error(`"${what}" was said ${times} times, not ${allowed}`);
  }

  pause(ms: number): Promise<void> {
    return new Promise((done) => setTimeout(done, ms));
  }

  kill(): Promise<void> {
    return this.host.kill();
  }
}
