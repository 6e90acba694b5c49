// Finds a Chromium, else installs one: apt as root, else Playwright's own download.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const places = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"];

/** The path of the system's Chromium or Chrome, or undefined. CHROMIUM names another one. */
export function systemChromium() {
  const folders = (process.env.PATH ?? "").split(path.delimiter).concat("/usr/bin");
  const found = [process.env.CHROMIUM ?? "", ...folders.flatMap((folder) => names.map((name) => path.join(folder, name))), ...places];
  return found.find((file) => file !== "" && fs.existsSync(file));
}

/** Makes sure that a browser is there; false when none could be had. root is the project's folder. */
export function ensureChromium(root) {
  if (systemChromium()) return true;
  const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: "inherit" }).status === 0;
  if (process.getuid?.() === 0 && fs.existsSync("/usr/bin/apt-get")) {
    if (run("apt-get", ["update", "-qq"]) && run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"])) return true;
  }
  return run(process.execPath, [path.join(root, "node_modules/@playwright/test/cli.js"), "install", "chromium"]);
}
