import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";

/** How the disk under a folder behaves; the embedded database writes through node:fs. */
export type FaultyDisk = {
  /** Bytes that the file system says are free, whatever is; null = the truth. */
  freeBytes: number | null;
  /** From now on what would make a file longer fails with ENOSPC; as on a full disk, an empty file can be made and what is there written over. */
  full: boolean;
  /** Called before each write to a file of the folder. Returns how many of its bytes still reach the disk before `kill` is called; null = all. */
  beforeWrite: ((length: number) => number | null) | null;
  /** Writes seen. */
  writes: number;
  remove(): void;
};

type WriteArguments = [fd: number, buffer: NodeJS.ArrayBufferView, offset?: number, length?: number, position?: number | null];

/** Puts a disk that can fail under a folder, for this process. `kill` is what ends the process in the middle of a write. */
export function faultyDisk(folder: string, kill: () => void = () => process.kill(process.pid, "SIGKILL")): FaultyDisk {
  const real = { writeSync: fs.writeSync, statfsSync: fs.statfsSync };
  const root = fs.realpathSync(folder) + path.sep;
  const disk: FaultyDisk = {
    freeBytes: null,
    full: false,
    beforeWrite: null,
    writes: 0,
    remove() {
      Object.assign(fs, real);
      syncBuiltinESMExports();
    },
  };
  const isOurs = (fd: number): boolean => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`).startsWith(root);
    } catch {
      return false;
    }
  };
  Object.assign(fs, {
    statfsSync: (where: fs.PathLike) => {
      const found = real.statfsSync(where);
      return disk.freeBytes === null ? found : { ...found, bavail: disk.freeBytes, bsize: 1 };
    },
    writeSync: (...args: WriteArguments) => {
      const [fd, buffer, offset = 0, length = buffer.byteLength - offset, position = null] = args;
      if (typeof buffer === "string" || !isOurs(fd)) return real.writeSync(...args);
      disk.writes += 1;
      if (disk.full && position !== null && position + length > fs.fstatSync(fd).size) throw noSpace();
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

const noSpace = (): Error => Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", errno: -28, syscall: "write" });
