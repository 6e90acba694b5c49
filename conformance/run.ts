/**
 * npm run conformance                        the embedded executor on the embedded database
 * npm run conformance -- --server URL        an Inngest server; keys and mode by the SDK's own INNGEST_* variables
 *   --reached-at http://HOST                 where that server reaches this machine (default http://127.0.0.1)
 *   --case NAME                              only cases whose name contains this
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Outcome, runConformance, type Target } from "./conformance-bench";

const { values: args } = parseArgs({
  options: { server: { type: "string" }, "reached-at": { type: "string" }, case: { type: "string" }, patience: { type: "string", default: "120" } },
});
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "conformance-"));
const serverEnv = (url: string): Record<string, string> => ({
  INNGEST_BASE_URL: url,
  // Without a key it can only be a server in development mode.
  ...(process.env.INNGEST_SIGNING_KEY || process.env.INNGEST_DEV ? {} : { INNGEST_DEV: url }),
});
const target: Target = {
  folder,
  database: args.server ? null : { dataDir: path.join(folder, "data") },
  patienceMs: Number(args.patience) * 1000,
  ...(args.server && { env: serverEnv(args.server) }),
  ...(args["reached-at"] && { reachedAt: args["reached-at"] }),
};
const show = (o: Outcome): void =>
  console.log(
    `${o.error === null ? "ok    " : "FAILED"} ${o.id.padEnd(18)} ${(o.ms / 1000).toFixed(1).padStart(6)} s  ${o.title}${o.error === null ? "" : `\n       ${o.error}`}`,
  );
console.log(`driven by ${args.server ? `the Inngest server at ${args.server}` : "the embedded executor"}\n`);
const outcomes = [...(await runConformance(target, false, args.case, show)), ...(await runConformance(target, true, args.case, show))];
fs.rmSync(folder, { recursive: true, force: true });
const failed = outcomes.filter((o) => o.error !== null).length;
console.log(`\n${outcomes.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
