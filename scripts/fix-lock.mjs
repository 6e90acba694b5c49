// Completes package-lock.json: a registry that lacks the packages of other platforms leaves them out of the lock, and `npm ci`
// then refuses it. Every missing optional dependency gets its entry; `resolved` addresses are dropped.
// Run it after each `npm install`. Usage: node scripts/fix-lock.mjs [file]
import fs from "node:fs";
import path from "node:path";

const file = process.argv[2] ?? path.resolve(import.meta.dirname, "../package-lock.json");
const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = {
  arm64: "arm64",
  aarch64: "arm64",
  x64: "x64",
  amd64: "x64",
  x86_64: "x64",
  ia32: "ia32",
  arm: "arm",
  armv7: "arm",
  armhf: "arm",
  riscv64: "riscv64",
  s390x: "s390x",
  ppc64: "ppc64",
  ppc64le: "ppc64",
  loong64: "loong64",
  mips64el: "mips64el",
  wasm32: "wasm32",
};

const lock = JSON.parse(fs.readFileSync(file, "utf8"));
const packages = lock.packages;

/** Whether Node would find `name` from the package at `from` (the lookup walks up the node_modules folders). */
function isInstalled(from, name) {
  for (let folder = from; ; folder = folder.includes("/node_modules/") ? folder.slice(0, folder.lastIndexOf("/node_modules/")) : "") {
    if (packages[`${folder ? `${folder}/` : ""}node_modules/${name}`]) return true;
    if (folder === "") return false;
  }
}

/** The platform that a package's name tells, as npm writes it; without one npm would install it everywhere. */
function platformOf(name) {
  if (name === "fsevents") return { os: ["darwin"] };
  const words = name.toLowerCase().split(/[-/@.]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = [...new Set(words.flatMap((word) => (Object.hasOwn(processors, word) ? [processors[word]] : [])))];
  return { ...(cpu.length > 0 && { cpu }), ...(os.length > 0 && { os }) };
}

let added = 0;
const unclear = [];
for (const [key, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isInstalled(key, name)) continue;
    const platform = platformOf(name);
    // The lowest version of a ~ or ^ range satisfies it.
    const exact = /^[~^]?(\d+\.\d+\.\d+\S*)$/.exec(version)?.[1];
    if (!exact || Object.keys(platform).length === 0) unclear.push(`${key || "the project"} → ${name}@${version}`);
    if (!exact) continue;
    const place = `node_modules/${name}`;
    packages[packages[place] ? `${key}/${place}` : place] = { version: exact, ...platform, ...(entry.dev && { dev: true }), optional: true };
    added++;
  }
}
let stripped = 0;
for (const entry of Object.values(packages)) {
  if (entry.resolved === undefined || entry.link) continue;
  delete entry.resolved;
  stripped++;
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
fs.writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${path.basename(file)}: ${added} entries added, ${stripped} addresses dropped`);
if (unclear.length > 0) console.log(`look at these by hand (no exact version, or no platform in the name):\n  ${unclear.join("\n  ")}`);
