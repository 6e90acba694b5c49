import path from "node:path";
import { DomainError } from "@/server/shared";
import { backupFolder } from "./backup-folder";
import { restoreBackup } from "./restore-backup";

type Terminal = {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly now: number;
  /** The data folder without --data. */
  readonly dataDir: string;
  readonly migrationsDir: string;
};

const USAGE = `npm run backup -- [--to FILE] [--data DIR]
npm run restore -- FILE [--data DIR] [--force]

The backup holds the whole embedded database. It does not hold the master key (vault.key in the data folder, or VAULT_KEY): keep that
apart, as with it and a backup the stored provider keys can be read. Without it a restored MemePulse works, and asks for those keys anew.`;

/** `npm run backup` and `npm run restore`: 0 when done, 2 when refused (the reason on standard error). */
export async function backupCommand(what: "backup" | "restore", argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const args = parse(argv);
    const dataDir = path.resolve(args.data ?? terminal.dataDir);
    const { migrationsDir, now } = terminal;
    if (args.help) terminal.out(USAGE);
    else if (what === "backup") {
      const to = path.resolve(args.to ?? `memepulse-${new Date(now).toISOString().slice(0, 19).replaceAll(":", "")}.backup`);
      const { bytes } = await backupFolder({ dataDir, to, migrationsDir, now });
      terminal.out(`${to} (${bytes} bytes). The master key is not in it: keep it apart.`);
    } else {
      if (args.file === null) throw new DomainError("MISSING_OPTION", "Name the backup to restore");
      const { madeAt, previous } = await restoreBackup({ file: path.resolve(args.file), dataDir, force: args.force, migrationsDir });
      terminal.out(`Restored the backup of ${madeAt} into ${dataDir}.${previous ? ` What was there before is in ${previous}.` : ""}`);
    }
    return 0;
  } catch (error) {
    const isNoFile = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!(error instanceof DomainError) && !isNoFile) throw error;
    terminal.err(`${error instanceof DomainError ? error.code : "NOT_FOUND"}: ${error.message}`);
    if (error instanceof DomainError && error.code.endsWith("_OPTION")) terminal.err(`\n${USAGE}`);
    return 2;
  }
}

function parse(argv: readonly string[]) {
  const args = { file: null as string | null, to: null as string | null, data: null as string | null, force: false, help: false };
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--help") args.help = true;
    else if (word === "--force") args.force = true;
    else if (word === "--to" || word === "--data") {
      const value = rest.shift();
      if (value === undefined) throw new DomainError("MISSING_OPTION", `${word} needs a value`);
      args[word === "--to" ? "to" : "data"] = value;
    } else if (!word.startsWith("-") && args.file === null) args.file = word;
    else throw new DomainError("UNKNOWN_OPTION", `${word} is not known here`);
  }
  return args;
}
