import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

export type PostgresCluster = {
  /** Connection URL of a database in the cluster. */
  url(database: string): string;
  /** Ends the server as a crash does, without a checkpoint: by its own immediate shutdown, or by SIGKILL to its first process. */
  crash(how: "immediate" | "kill"): Promise<void>;
  /** Starts it again after a crash, on the same data; waits until it takes connections. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

export type ClusterOptions = {
  /** Keep what is acknowledged when the server is killed. Default false: faster. */
  readonly durable?: boolean;
  /** Folder for the data without its log of writes, such as one on a small file system; emptied, not removed. Default a temporary one. */
  readonly dataFolder?: string;
  /** More settings, "name=value". */
  readonly settings?: readonly string[];
};

/** Folder that holds initdb and postgres: on PATH, else Debian's place, newest first. null = not installed. */
export function findPostgres(): string | null {
  const onPath = spawnSync("sh", ["-c", "command -v initdb"], { encoding: "utf8" }).stdout?.trim();
  const debian = "/usr/lib/postgresql";
  const versions = fs.existsSync(debian) ? fs.readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...(onPath ? [path.dirname(onPath)] : []), ...versions.map((v) => path.join(debian, v, "bin"))];
  return folders.find((f) => ["initdb", "postgres"].every((b) => fs.existsSync(path.join(f, b)))) ?? null;
}

/** Postgres refuses to run as root: then it runs as the user postgres, else nobody. */
function runAs(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const users = fs
    .readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((l) => l.split(":"));
  const user = users.find((u) => u[0] === "postgres") ?? users.find((u) => u[0] === "nobody");
  if (!user) throw new Error("Postgres cannot run as root, and there is neither a user postgres nor nobody");
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

// The shell outlives this process by a moment: when its standard input closes, however this process ended, it stops
// the server and removes the folder. Until then it does what it is told, a word a line.
const SUPERVISE = `bin=$1 dir=$2 data=$3; shift 3; trap '' INT TERM; pid=
start() { "$bin/postgres" -D "$data" -k "$dir" -c listen_addresses= -c max_connections=60 "$@" >>"$dir/log" 2>&1 & pid=$!; }
end() { kill "-$1" $pid 2>/dev/null; wait $pid; }
start "$@"
while read -r word; do case $word in start) start "$@";; immediate) end QUIT; echo ended;; kill) end KILL; echo ended;; esac; done
end INT; rm -rf "$dir" "$data"/*`;
const FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
// Nothing here pulls the plug: what the server wrote stays in the machine's cache when the server is killed.
const DURABLE = ["fsync=off", "synchronous_commit=on", "full_page_writes=on"];

/** Starts a throwaway Postgres server on a unix socket in a temporary folder. */
export async function startPostgresCluster(bin: string, options: ClusterOptions = {}): Promise<PostgresCluster> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pg-"));
  const data = options.dataFolder ?? path.join(folder, "data");
  fs.mkdirSync(data, { recursive: true });
  const user = runAs();
  for (const f of user ? [folder, data] : []) fs.chownSync(f, user?.uid ?? 0, user?.gid ?? 0);
  // Its socket is in there, and who connects may be a third user. The data stay their owner's.
  fs.chmodSync(data, 0o700);
  fs.chmodSync(folder, 0o711);
  const as = { ...user, cwd: folder };
  const apart = options.dataFolder ? ["--waldir", path.join(folder, "wal")] : [];
  const init = spawnSync(
    path.join(bin, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync", "--wal-segsize=1", ...apart],
    as,
  );
  if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr?.toString() || init.error?.message}`);
  const settings = [...(options.durable ? DURABLE : FAST), ...(options.settings ?? [])].flatMap((s) => ["-c", s]);
  const shell = spawn("sh", ["-c", SUPERVISE, "sh", bin, folder, data, ...settings], { ...as, stdio: ["pipe", "pipe", "ignore"] });
  const said = createInterface({ input: shell.stdout });
  const ended = new Promise<void>((ok) => shell.once("exit", () => ok()));
  const log = path.join(folder, "log");
  await waitUntilReady(log, 0);
  // Nothing here may keep the test process from ending.
  shell.unref();
  for (const stream of [shell.stdin, shell.stdout]) (stream as unknown as { unref?(): void }).unref?.();
  return {
    url: (database) => `postgresql://postgres@localhost/${database}?host=${encodeURIComponent(folder)}`,
    async crash(how) {
      const over = once(said, "line");
      shell.stdin.write(`${how}\n`);
      await over;
    },
    async restart() {
      for (let i = 0; ; i++) {
        const from = fs.statSync(log).size;
        shell.stdin.write("start\n");
        try {
          return await waitUntilReady(log, from);
        } catch (error) {
          // The processes of one that was killed hold its shared memory for a moment.
          if (i === 50) throw error;
          await new Promise((ok) => setTimeout(ok, 50));
        }
      }
    },
    async stop() {
      shell.stdin.end();
      await ended;
    },
  };
}

/** Reads the server's log from a byte on. */
async function waitUntilReady(file: string, from: number): Promise<void> {
  const log = () => (fs.existsSync(file) ? fs.readFileSync(file).subarray(from).toString() : "");
  for (let i = 0; i < 1200; i++) {
    if (log().includes("ready to accept connections")) return;
    if (/FATAL:(?! {2}the database system is)/.test(log())) break;
    await new Promise((ok) => setTimeout(ok, 25));
  }
  throw new Error(`Postgres did not start: ${log().slice(-2000)}`);
}
