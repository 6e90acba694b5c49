import { randomUUID } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { DomainError } from "@/server/shared";
import { isRunning, ownIdentity, type ProcessIdentity, sharesPids } from "./process-identity";

type Holder = ProcessIdentity & { readonly token: string; readonly since: string; readonly url: string | null };

/** Another process owns the data folder (DATA_FOLDER_IN_USE). The message names it, and its URL when it serves one. */
export class DataFolderInUse extends DomainError {
  constructor(folder: string, holder: Pick<Holder, "pid" | "host" | "since" | "url"> | null, here: boolean) {
    const who = !holder
      ? "another process"
      : here
        ? `process ${holder.pid}`
        : `process ${holder.pid} on ${holder.host} (another machine or container)`;
    const where = holder?.url ? `, which serves ${holder.url}` : "";
    super(
      "DATA_FOLDER_IN_USE",
      `The data folder ${folder} is in use by ${who}${where}${holder ? ` since ${holder.since}` : ""}. Two processes on one folder would corrupt it: stop the other one, set DATA_DIR to another folder, or use Postgres (DATABASE_URL).`,
      { kind: "conflict", data: { pid: holder?.pid ?? null, host: holder?.host ?? null, url: holder?.url ?? null } },
    );
  }
}

export type FolderLock = {
  /** Writes the URL under which the holder serves into the lock file. */
  setUrl(url: string): void;
  release(): void;
};

const HEARTBEAT_MS = 5_000;
/** A holder whose pid cannot be seen from here counts as dead after this silence. */
const SILENT_MS = 30_000;
const ATTEMPTS = 20;

/**
 * Takes the exclusive lock on a data folder, or throws {@link DataFolderInUse}. The file `lock.json` appears whole by link(2);
 * a dead holder's lock is replaced by rename(2), and only by whoever holds the claim on that very lock.
 */
export function lockFolder(folder: string, onLost: () => void = stopProcess): FolderLock {
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, "lock.json");
  const me: Holder = { ...ownIdentity(), token: randomUUID(), since: new Date().toISOString(), url: null };
  const own = `${file}.${me.token}`;
  fs.writeFileSync(own, JSON.stringify(me), { mode: 0o600 });
  try {
    acquire(folder, file, own, me);
  } finally {
    fs.rmSync(own, { force: true });
  }
  removeOldClaims(folder);
  const mine = () => readHolder(file)?.token === me.token;
  const beat = setInterval(() => {
    if (mine()) fs.utimesSync(file, new Date(), new Date());
    else {
      clearInterval(beat);
      onLost();
    }
  }, HEARTBEAT_MS);
  beat.unref();
  return {
    setUrl(url) {
      if (!mine()) return;
      fs.writeFileSync(own, JSON.stringify({ ...me, url }), { mode: 0o600 });
      fs.renameSync(own, file);
    },
    release() {
      clearInterval(beat);
      if (mine()) fs.rmSync(file, { force: true });
    },
  };
}

function acquire(folder: string, file: string, own: string, me: Holder): void {
  for (let i = 0; i < ATTEMPTS; i++) {
    if (linkOnce(own, file)) return;
    const holder = readHolder(file);
    if (!holder && !fs.existsSync(file)) continue;
    if (isHeld(file, holder, me)) throw new DataFolderInUse(folder, holder, holder !== null && sharesPids(me, holder));
    if (replaceDead(folder, file, own, me, holder?.token ?? "unreadable")) return;
  }
  throw new DataFolderInUse(folder, readHolder(file), true);
}

/**
 * Replaces the lock of a dead holder. Contenders first claim its token by link(2), so one of them at most renames over it;
 * a claimant that died is succeeded by whoever claims the claimant's token.
 */
function replaceDead(folder: string, file: string, own: string, me: Holder, deadToken: string): boolean {
  let token = deadToken;
  for (let depth = 0; depth < ATTEMPTS; depth++) {
    const claim = `${file}.claim.${token}`;
    if (linkOnce(own, claim)) break;
    const claimant = readHolder(claim);
    if (!claimant && !fs.existsSync(claim)) return false;
    if (isHeld(claim, claimant, me)) throw new DataFolderInUse(folder, claimant, true);
    token = claimant?.token ?? "unreadable-claim";
  }
  // Nobody without the claim touches a dead holder's lock: if it is still there, it stays until the rename.
  if ((readHolder(file)?.token ?? "unreadable") !== deadToken || !fs.existsSync(file)) return false;
  const next = `${own}.next`;
  fs.linkSync(own, next);
  fs.renameSync(next, file);
  return true;
}

function linkOnce(from: string, to: string): boolean {
  try {
    fs.linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Holder;
  } catch {
    return null;
  }
}

function isHeld(file: string, holder: Holder | null, me: Holder): boolean {
  let lastBeat: number;
  try {
    lastBeat = fs.statSync(file).mtimeMs;
  } catch {
    return false;
  }
  if (!holder || !sharesPids(me, holder)) return Date.now() - lastBeat < SILENT_MS;
  // Without /proc a pid may have been given to another program since the machine started: no beat since then means dead.
  if (holder.start === "" && lastBeat < Date.now() - os.uptime() * 1000 - 60_000) return false;
  return isRunning(holder);
}

function removeOldClaims(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    if (name.startsWith("lock.json.claim.")) fs.rmSync(path.join(folder, name), { force: true });
  }
}

function stopProcess(): void {
  console.error("The lock on the data folder was taken by another process: stopping at once, so that the data stay whole.");
  process.exit(75);
}
