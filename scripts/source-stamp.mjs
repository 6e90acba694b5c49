// One hash over everything a build is made of.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const FOLDERS = ["app", "components", "server", "inngest", "prisma", "public"];
const FILES = [
  "package.json",
  "package-lock.json",
  "next.config.mjs",
  "tsconfig.json",
  "postcss.config.mjs",
  "instrumentation.ts",
  "instrumentation-node.ts",
  "proxy.ts",
  "scripts/build.mjs",
];

export function sourceStamp(root) {
  const hash = createHash("sha256").update(process.version);
  const visit = (file) => {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) {
      for (const name of fs.readdirSync(file).sort()) visit(path.join(file, name));
    } else if (!/\.test\.tsx?$/.test(file)) {
      hash.update(path.relative(root, file)).update("\0").update(fs.readFileSync(file));
    }
  };
  for (const name of [...FOLDERS, ...FILES]) visit(path.join(root, name));
  return hash.digest("hex");
}
