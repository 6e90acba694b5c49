import fs from "node:fs";
import os from "node:os";

/** Who a process is, beyond its pid: pids are used again, and every container has a pid 1. */
export type ProcessIdentity = { readonly pid: number; readonly start: string; readonly boot: string; readonly ns: string; readonly host: string };

const read = (file: string): string => {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
};

/** State letter and start time (clock ticks since boot) from /proc; blank where there is no /proc. */
function procStat(pid: number): { state: string; start: string } {
  const stat = read(`/proc/${pid}/stat`);
  // The second field is the command in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", start: fields[19] ?? "" };
}

function pidNamespace(): string {
  try {
    return fs.readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

/** This process. */
export const ownIdentity = (): ProcessIdentity => ({
  pid: process.pid,
  start: procStat(process.pid).start,
  boot: read("/proc/sys/kernel/random/boot_id").trim(),
  ns: pidNamespace(),
  host: os.hostname(),
});

/** Whether `other` could be seen from here: same machine start, same pid namespace, same host. */
export const sharesPids = (me: ProcessIdentity, other: ProcessIdentity): boolean =>
  me.boot === other.boot && me.ns === other.ns && me.host === other.host;

/** Whether the process still runs; a zombie does not, nor does another process that was given the same pid. */
export function isRunning(p: ProcessIdentity): boolean {
  const now = procStat(p.pid);
  if (now.state === "Z" || now.state === "X") return false;
  if (now.start !== "" && p.start !== "" && now.start !== p.start) return false;
  try {
    process.kill(p.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
