import type { Database } from "./database";

/** Sign-in nonces: used once, by the browser they were given to, within their time. Times in wall ms. */
export class PrismaNonceRepository {
  constructor(private readonly db: Database) {}

  /** `binding` is the SHA-256 of the pre-login cookie. */
  async issue(input: { nonce: string; binding: string; expiresAt: number }): Promise<void> {
    await this.db.prisma.signInNonce.create({ data: { nonce: input.nonce, binding: input.binding, expiresAt: new Date(input.expiresAt) } });
  }

  /** True for exactly one caller: the first with the right binding, before it expires. One atomic statement. */
  async consume(input: { nonce: string; binding: string; wallNow: number }): Promise<boolean> {
    const now = new Date(input.wallNow);
    const { count } = await this.db.prisma.signInNonce.updateMany({
      where: { nonce: input.nonce, binding: input.binding, usedAt: null, expiresAt: { gt: now } },
      data: { usedAt: now },
    });
    return count === 1;
  }

  /** Whether {@link consume} would take it now. For what is dear to do in vain; it decides nothing. */
  async isOpen(input: { nonce: string; binding: string; wallNow: number }): Promise<boolean> {
    const where = { nonce: input.nonce, binding: input.binding, usedAt: null, expiresAt: { gt: new Date(input.wallNow) } };
    return (await this.db.prisma.signInNonce.count({ where })) === 1;
  }

  /** Forgets nonces that expired more than an hour ago. */
  async deleteExpired(wallNow: number): Promise<number> {
    const { count } = await this.db.prisma.signInNonce.deleteMany({ where: { expiresAt: { lt: new Date(wallNow - 3_600_000) } } });
    return count;
  }
}
