import { createHash } from "node:crypto";
import { DomainError } from "@/server/shared";

/** What a backup says of itself: its first lines. */
export type BackupManifest = {
  readonly format: 1;
  /** ISO time. */
  readonly madeAt: string;
  /** Names of the migrations its database has. */
  readonly migrations: readonly string[];
  /** SHA-256 (hex) and length of the archive that follows. */
  readonly sha256: string;
  readonly bytes: number;
};

const MAGIC = "MEMEPULSE-BACKUP\n";
const sha256 = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");
const refused = (code: string, message: string): DomainError => new DomainError(code, message, { kind: "invalid" });

/** A backup as one file: a line that says what it is, a line of JSON, the compressed data folder. */
export function packBackup(archive: Uint8Array, about: Pick<BackupManifest, "madeAt" | "migrations">): Buffer {
  const manifest: BackupManifest = { format: 1, ...about, sha256: sha256(archive), bytes: archive.byteLength };
  return Buffer.concat([Buffer.from(`${MAGIC}${JSON.stringify(manifest)}\n`), archive]);
}

/** Throws BACKUP_UNREADABLE for what is no backup, BACKUP_DAMAGED for one that is not what it was when it was made. */
export function unpackBackup(file: Buffer): { manifest: BackupManifest; archive: Buffer } {
  const lineEnd = file.indexOf("\n", MAGIC.length);
  if (!file.subarray(0, MAGIC.length).equals(Buffer.from(MAGIC)) || lineEnd < 0)
    throw refused("BACKUP_UNREADABLE", "This file is not a backup of MemePulse.");
  const manifest = readManifest(file.subarray(MAGIC.length, lineEnd).toString());
  const archive = file.subarray(lineEnd + 1);
  if (archive.byteLength !== manifest.bytes || sha256(archive) !== manifest.sha256)
    throw refused("BACKUP_DAMAGED", "This backup is damaged: its data are not those it was made with. Nothing was restored.");
  return { manifest, archive };
}

function readManifest(text: string): BackupManifest {
  let manifest: BackupManifest;
  try {
    manifest = JSON.parse(text) as BackupManifest;
  } catch {
    throw refused("BACKUP_UNREADABLE", "This backup's description cannot be read.");
  }
  if (manifest.format !== 1) throw refused("BACKUP_NEWER", "This backup was made by a newer MemePulse: update first, then restore.");
  return manifest;
}
