import fs from "node:fs";
import path from "node:path";

/** A restore that ended between its two renames: the old data go back to their place. Called by whoever holds the folder's lock. */
export function putBackPrevious(dataDir: string): void {
  const [current, previous] = [path.join(/*turbopackIgnore: true*/ dataDir, "pg"), path.join(/*turbopackIgnore: true*/ dataDir, "pg.previous")];
  if (!fs.existsSync(current) && fs.existsSync(previous)) fs.renameSync(previous, current);
}
