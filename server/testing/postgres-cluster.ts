import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export type PostgresCluster = { /** Connection URL of a database in the cluster. */ url(database: string): string; stop(): Promise<void> };

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
// the server and removes the folder.
const SUPERVISE = `"$1"/postgres -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 >"$2/log" 2>&1 &
pid=$!; trap '' INT TERM; cat >/dev/null; kill -INT $pid 2>/dev/null; wait $pid; rm -rf "$2"`;

/** Starts a throwaway Postgres server on a unix socket in a temporary folder, without fsync. */
export async function startPostgresCluster(bin: string): Promise<PostgresCluster> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pg-"));
  const user = runAs();
  if (user) fs.chownSync(folder, user.uid, user.gid);
  const as = { ...user, cwd: folder };
  const init = spawnSync(
    path.join(bin, "initdb"),
    ["-D", path.join(folder, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
    as,
  );
  if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr?.toString() || init.error?.message}`);
  const shell = spawn("sh", ["-c", SUPERVISE, "sh", bin, folder], { ...as, stdio: ["pipe", "ignore", "ignore"] });
  const ended = new Promise<void>((ok) => shell.once("exit", () => ok()));
  await waitUntilReady(folder);
  // Nothing here may keep the test process from ending.
  shell.unref();
  (shell.stdin as unknown as { unref?(): void }).unref?.();
  return {
    url: (database) => `postgresql://postgres@localhost/${database}?host=${encodeURIComponent(folder)}`,
    async stop() {
      shell.stdin?.end();
      await ended;
    },
  };
}

async function waitUntilReady(folder: string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    const log = fs.existsSync(path.join(folder, "log")) ? fs.readFileSync(path.join(folder, "log"), "utf8") : "";
    if (log.includes("ready to accept connections")) return;
    if (log.includes("FATAL")) break;
    await new Promise((ok) => setTimeout(ok, 50));
  }
  throw new Error(`Postgres did not start: ${fs.readFileSync(path.join(folder, "log"), "utf8").slice(-2000)}`);
}
