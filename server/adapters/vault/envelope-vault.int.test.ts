import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { PrismaSecretRepository } from "@/server/adapters/db/prisma-secret-repository";
import { describeDatabase } from "@/server/testing/database";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { EnvelopeVault } from "./envelope-vault";
import { parseVaultKey } from "./master-keys";

const KIND = "llm/anthropic";
const SECRET = "sk-ant-canary-0123456789-wxyz";
const key = (id: string) => `${id}:${randomBytes(32).toString("base64")}`;

describeDatabase("EnvelopeVault", (db) => {
  const vaultWith = (text: string) => new EnvelopeVault(new PrismaSecretRepository(db()), parseVaultKey(text));

  it("keeps a secret that the database's rows do not show, and replaces it", async () => {
    const { scope } = await seedWorkspace(db());
    const vault = vaultWith(key("a"));
    expect(await vault.read(scope, KIND)).toBeNull();
    expect((await vault.put(scope, KIND, SECRET)).hint).toBe("wxyz");
    expect(await vault.read(scope, KIND)).toBe(SECRET);
    // escape, not a character set: random bytes hold a zero now and then, which no text may.
    const rows = await db().raw.query(`SELECT encode(ciphertext, 'escape') AS c, "wrappedKey"::text AS w, hint, kind FROM "Secret"`);
    expect(JSON.stringify(rows)).not.toContain("canary");
    await vault.put(scope, KIND, "sk-ant-second-0123456789-abcd");
    expect(await vault.read(scope, KIND)).toBe("sk-ant-second-0123456789-abcd");
    expect((await vault.hint(scope, KIND))?.hint).toBe("abcd");
    expect([await vault.remove(scope, KIND), await vault.remove(scope, KIND), await vault.hint(scope, KIND)]).toEqual([true, false, null]);
  });

  it("shows nothing of a short secret", async () => {
    const { scope } = await seedWorkspace(db());
    expect((await vaultWith(key("a")).put(scope, KIND, "hunter2")).hint).toBe("");
  });

  it("does not open another tenant's secret, neither by asking nor when the rows are swapped", async () => {
    const [mine, theirs] = [await seedWorkspace(db()), await seedWorkspace(db())];
    const vault = vaultWith(key("a"));
    await vault.put(theirs.scope, KIND, SECRET);
    expect(await vault.read(mine.scope, KIND)).toBeNull();
    await db().prisma.secret.updateMany({ where: { workspaceId: theirs.workspaceId }, data: { workspaceId: mine.workspaceId } });
    await expect(vault.read(mine.scope, KIND)).rejects.toMatchObject({ code: "VAULT_DECRYPT_FAILED" });
  });

  it("does not open a secret under another name, nor a damaged one", async () => {
    const { scope, workspaceId } = await seedWorkspace(db());
    const vault = vaultWith(key("a"));
    await vault.put(scope, KIND, SECRET);
    await db().prisma.secret.updateMany({ where: { workspaceId }, data: { kind: "llm/other" } });
    await expect(vault.read(scope, "llm/other")).rejects.toMatchObject({ code: "VAULT_DECRYPT_FAILED" });
    await db().prisma.secret.updateMany({ where: { workspaceId }, data: { kind: KIND } });
    expect(await vault.read(scope, KIND)).toBe(SECRET);
    await db().raw.exec(`UPDATE "Secret" SET tag = substring(tag for 4)`);
    await expect(vault.read(scope, KIND)).rejects.toMatchObject({ code: "VAULT_DECRYPT_FAILED" });
  });

  it("rotates the master key: the old one can go once everything is rewrapped", async () => {
    const [a, b] = [await seedWorkspace(db()), await seedWorkspace(db())];
    const [old, next] = [key("old"), key("new")];
    for (const s of [a, b]) await vaultWith(old).put(s.scope, KIND, SECRET);
    const both = vaultWith(`${next},${old}`);
    expect(await both.read(a.scope, KIND)).toBe(SECRET);
    expect([await both.rewrap(), await both.rewrap()]).toEqual([2, 0]);
    expect(await vaultWith(next).read(b.scope, KIND)).toBe(SECRET);
    await expect(vaultWith(old).read(b.scope, KIND)).rejects.toMatchObject({ code: "VAULT_DECRYPT_FAILED" });
  });
});
