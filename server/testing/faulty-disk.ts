import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";

/** How the disk under a folder behaves; the embedded database writes through node:fs. */
export type FaultyDisk = {
  /** From now on what would make a file longer, or a new one, fails with ENOSPC: as on a full disk, what is there can be written over. */
  full: boolean;
  /** Called before each write to a file of the folder. Returns how many of its bytes still reach the disk before `kill` is called; null = all. */
  beforeWrite: ((length: number) => number | null) | null;
  /** Writes seen. */
  writes: number;
  remove(): void;
};

/** Puts a disk that can fail under a folder, for this process. `kill` is what ends the process in the middle of a write. */
export function faultyDisk(folder: string, kill: () => void = () => process.kill(process.pid, "SIGKILL")): FaultyDisk {
  const real = { openSync: fs.openSync, writeSync: fs.writeSync, closeSync: fs.closeSync };
  const root = fs.realpathSync(folder) + path.sep;
  const within = new Set<number>();
  const disk: FaultyDisk = {
    full: false,
    beforeWrite: null,
    writes: 0,
    remove() {
      Object.assign(fs, real);
      syncBuiltinESMExports();
    },
  };
  const noSpace = (call: string) =>
    Object.assign(new Error(`ENOSPC: no space left on device, ${call}`), { code: "ENOSPC", errno: -28, syscall: call });
  const isOurs = (fd: number): boolean => {
    if (within.has(fd)) return true;
    try {
      // Opened before the disk was put there.
      return fs.readlinkSync(`/proc/self/fd/${fd}`).startsWith(root);
    } catch {
      return false;
    }
  };
  Object.assign(fs, {
    openSync: (file: fs.PathLike, ...rest: unknown[]) => {
      const ours = path.resolve(String(file)).startsWith(root);
      if (ours && disk.full && !fs.existsSync(file)) throw noSpace("open");
      const fd = (real.openSync as (...args: unknown[]) => number)(file, ...rest);
      if (ours) within.add(fd);
      return fd;
    },
    closeSync: (fd: number) => {
      within.delete(fd);
      real.closeSync(fd);
    },
    writeSync: (fd: number, buffer: NodeJS.ArrayBufferView, offset = 0, length = buffer.byteLength - offset, position: number | null = null) => {
      if (!isOurs(fd)) return real.writeSync(fd, buffer, offset, length, position);
      disk.writes += 1;
      if (disk.full && position !== null && position + length > fs.fstatSync(fd).size) throw noSpace("write");
      const kept = disk.beforeWrite?.(length) ?? null;
      if (kept === null) return real.writeSync(fd, buffer, offset, length, position);
      const written = kept > 0 ? real.writeSync(fd, buffer, offset, kept, position) : 0;
      kill();
      return written;
    },
  });
  syncBuiltinESMExports();
  return disk;
}
