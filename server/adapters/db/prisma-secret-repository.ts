import type { TenantScope } from "@/server/shared";
import type { Database } from "./database";

/** A secret as it is stored: sealed under a data key, which is itself wrapped by the master key `keyId`. */
export type SealedSecret = {
  readonly id: string;
  readonly kind: string;
  /** Last four characters, for people to tell keys apart. */
  readonly hint: string;
  readonly keyId: string;
  readonly wrappedKey: Uint8Array;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
};
export type StoredSecret = SealedSecret & { readonly workspaceId: string; readonly createdAt: number };

type Row = Omit<StoredSecret, "createdAt"> & { createdAt: Date };
const toStored = (r: Row): StoredSecret => ({ ...r, createdAt: r.createdAt.getTime() });
const bytes = (b: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(b);

/** Sealed secrets, one of a kind per workspace. */
export class PrismaSecretRepository {
  constructor(private readonly db: Database) {}

  /** Replaces the workspace's secret of that kind. */
  async put(scope: TenantScope, secret: SealedSecret): Promise<StoredSecret> {
    const { kind } = secret;
    const { workspaceId } = scope;
    const data = {
      ...secret,
      wrappedKey: bytes(secret.wrappedKey),
      iv: bytes(secret.iv),
      ciphertext: bytes(secret.ciphertext),
      tag: bytes(secret.tag),
      createdAt: new Date(),
    };
    const row = await this.db.prisma.secret.upsert({
      where: { workspaceId_kind: { workspaceId, kind } },
      create: { ...data, workspaceId },
      update: data,
    });
    return toStored(row);
  }

  async find(scope: TenantScope, kind: string): Promise<StoredSecret | null> {
    const row = await this.db.prisma.secret.findUnique({ where: { workspaceId_kind: { workspaceId: scope.workspaceId, kind } } });
    return row && toStored(row);
  }

  /** False when there was none. */
  async remove(scope: TenantScope, kind: string): Promise<boolean> {
    const { count } = await this.db.prisma.secret.deleteMany({ where: { workspaceId: scope.workspaceId, kind } });
    return count === 1;
  }

  /** Any workspace's secrets that are not wrapped by `keyId`: for rotation. */
  async wrappedByOther(keyId: string, limit: number): Promise<StoredSecret[]> {
    return (await this.db.prisma.secret.findMany({ where: { keyId: { not: keyId } }, orderBy: { id: "asc" }, take: limit })).map(toStored);
  }

  /** Swaps the wrapping of one secret, unless it was replaced meanwhile. */
  async rewrap(secret: StoredSecret, keyId: string, wrappedKey: Uint8Array): Promise<boolean> {
    const { count } = await this.db.prisma.secret.updateMany({
      where: { id: secret.id, workspaceId: secret.workspaceId, keyId: secret.keyId },
      data: { keyId, wrappedKey: bytes(wrappedKey) },
    });
    return count === 1;
  }
}
