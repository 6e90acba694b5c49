import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const file = (dataDir: string): string => path.join(/*turbopackIgnore: true*/ dataDir, "owner.token");

/** Made anew at each start; whoever can read it could read the data themselves. Lets the owner's commands speak to the server that has them open. */
export function writeOwnerToken(dataDir: string): string {
  const token = randomBytes(32).toString("base64url");
  const draft = `${file(dataDir)}.${process.pid}`;
  fs.writeFileSync(draft, token, { mode: 0o600 });
  fs.renameSync(draft, file(dataDir));
  return token;
}

export const readOwnerToken = (dataDir: string): string => fs.readFileSync(file(dataDir), "utf8").trim();
