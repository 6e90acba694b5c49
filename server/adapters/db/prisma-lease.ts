import type { Database } from "./database";

export type LeaseGrant = { /** Grows with every grant: whoever holds an older one has lost the lease. */ readonly fence: number };

/** Named leases among processes, by the database's clock, so that machines need not agree on the time. */
export class PrismaLease {
  constructor(
    private readonly db: Database,
    readonly name: string,
    /** Unique per process and start. */
    readonly owner: string,
    readonly ttlMs: number,
  ) {}

  /** Takes the lease when it is free, lapsed, or already this owner's; null while another has it. */
  async acquire(): Promise<LeaseGrant | null> {
    const rows = await this.db.prisma.$queryRaw<{ fence: number }[]>`
      INSERT INTO "Lease" AS l ("name", "owner", "fence", "until")
      VALUES (${this.name}, ${this.owner}, 1, clock_timestamp() + ${this.ttlMs}::int * interval '1 millisecond')
      ON CONFLICT ("name") DO UPDATE SET "owner" = EXCLUDED."owner", "fence" = l."fence" + 1, "until" = EXCLUDED."until"
       WHERE l."until" <= clock_timestamp() OR l."owner" = EXCLUDED."owner"
      RETURNING "fence"`;
    return rows[0] ?? null;
  }

  /** False when the lease has lapsed or was taken: stop what it protected. */
  async renew(grant: LeaseGrant): Promise<boolean> {
    const count = await this.db.prisma.$executeRaw`
      UPDATE "Lease" SET "until" = clock_timestamp() + ${this.ttlMs}::int * interval '1 millisecond'
       WHERE "name" = ${this.name} AND "owner" = ${this.owner} AND "fence" = ${grant.fence} AND "until" > clock_timestamp()`;
    return count === 1;
  }

  async release(grant: LeaseGrant): Promise<void> {
    await this.db.prisma.$executeRaw`
      UPDATE "Lease" SET "until" = clock_timestamp() WHERE "name" = ${this.name} AND "owner" = ${this.owner} AND "fence" = ${grant.fence}`;
  }
}
