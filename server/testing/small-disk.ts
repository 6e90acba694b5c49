import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export type SmallDisk = { readonly folder: string /** Takes all that is free. */; fill(): void /** Gives it back. */; free(): void; remove(): void };

/** A file system of its own in memory, of so many megabytes; null where this process may not mount one. */
export function mountSmallDisk(megabytes: number): SmallDisk | null {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "disk-"));
  if (spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "none", folder]).status !== 0) {
    fs.rmdirSync(folder);
    return null;
  }
  const ballast = path.join(folder, "ballast");
  return {
    folder,
    fill() {
      const fd = fs.openSync(ballast, "a");
      const page = Buffer.alloc(4096);
      try {
        for (;;) fs.writeSync(fd, page);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      } finally {
        fs.closeSync(fd);
      }
    },
    free: () => fs.rmSync(ballast, { force: true }),
    remove() {
      spawnSync("umount", ["-l", folder]);
      fs.rmdirSync(folder);
    },
  };
}
