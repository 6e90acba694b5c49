import { DomainError, type TenantScope } from "@/server/shared";
import { writeAudit } from "../audit";
import type { Database, Tx } from "../database";
import { type AccountBlocker, accountBlockers } from "./account-blockers";
import { descriptionsOf, eraseBlobs } from "./erase-blobs";

const TIMEOUT_MS = 120_000;
const GONE = "deleted";

/** Throws ACCOUNT_BUSY naming every agent that is in the way. */
export function refuseBusy(blockers: readonly AccountBlocker[]): void {
  if (blockers.length === 0) return;
  const named = blockers.map((b) => `${b.name} ${b.reason}`).join("; ");
  throw new DomainError("ACCOUNT_BUSY", `The account cannot be deleted yet: ${named}. Nothing was deleted.`, {
    kind: "conflict",
    data: { agents: blockers.map((b) => b.agentId).join(" ") },
  });
}

/**
 * Deletes a person's account with the workspace that they alone own. At once: sessions, API keys, secrets. Redacted: address, names,
 * strategies, reasons, notes and every record that no other tenant shares. Kept, as append-only books must be: figures, orders, fills,
 * postings and the hashes of what was redacted. Throws ACCOUNT_BUSY, WORKSPACE_SHARED. Returns how many record blobs are gone.
 */
export async function eraseAccount(db: Database, scope: TenantScope, userId: string, wallNow: number): Promise<{ blobs: number }> {
  const { workspaceId } = scope;
  const descriptions = await descriptionsOf(db, workspaceId);
  return db.transaction(
    async (tx) => {
      // Nobody starts an agent, trades or is made a member from here on.
      await tx.$queryRaw`SELECT id FROM "Workspace" WHERE id = ${workspaceId}::uuid FOR UPDATE`;
      await tx.$queryRaw`SELECT id FROM "Agent" WHERE "workspaceId" = ${workspaceId}::uuid ORDER BY id FOR UPDATE`;
      refuseBusy(await accountBlockers(tx, workspaceId));
      await refuseShared(tx, workspaceId, userId);
      await refuseLastOwnerElsewhere(tx, workspaceId, userId);
      await eraseTexts(tx, workspaceId);
      await erasePerson(tx, workspaceId, userId);
      await writeAudit(tx, scope, { action: "account.deleted", data: { at: wallNow } });
      return { blobs: await eraseBlobs(tx, workspaceId, descriptions) };
    },
    { timeoutMs: TIMEOUT_MS },
  );
}

async function refuseShared(tx: Tx, workspaceId: string, userId: string): Promise<void> {
  const others = await tx.member.count({ where: { workspaceId, userId: { not: userId } } });
  if (others > 0) {
    throw new DomainError(
      "WORKSPACE_SHARED",
      `${others === 1 ? "Another person uses" : `${others} other people use`} this workspace. Nothing was deleted.`,
      {
        kind: "conflict",
      },
    );
  }
}

/** Nobody leaves other people's workspace without an owner. */
async function refuseLastOwnerElsewhere(tx: Tx, workspaceId: string, userId: string): Promise<void> {
  const [alone] = await tx.$queryRaw<{ name: string }[]>`
    SELECT w.name FROM "Member" m JOIN "Workspace" w ON w.id = m."workspaceId"
     WHERE m."userId" = ${userId}::uuid AND m.role = 'owner' AND m."workspaceId" <> ${workspaceId}::uuid
       AND NOT EXISTS (SELECT 1 FROM "Member" o WHERE o."workspaceId" = m."workspaceId" AND o.role = 'owner' AND o."userId" <> m."userId")
     ORDER BY w.id LIMIT 1 FOR UPDATE OF w`;
  if (alone)
    throw new DomainError("LAST_OWNER", `You are the only owner of "${alone.name}": make somebody else an owner there first. Nothing was deleted.`, {
      kind: "conflict",
    });
}

async function erasePerson(tx: Tx, workspaceId: string, userId: string): Promise<void> {
  await tx.session.deleteMany({ where: { userId } });
  await tx.apiKey.deleteMany({ where: { OR: [{ workspaceId }, { createdBy: userId }] } });
  await tx.secret.deleteMany({ where: { workspaceId } });
  await tx.member.deleteMany({ where: { userId } });
  // The address is free again: its next sign-in makes another user with another workspace.
  const { address, chainId } = await tx.user.findUniqueOrThrow({ where: { id: userId } });
  await tx.invitation.deleteMany({ where: { OR: [{ workspaceId }, { address, chainId }] } });
  await tx.user.update({ where: { id: userId }, data: { address: `${GONE}:${userId}`, sessionVersion: { increment: 1 } } });
}

async function eraseTexts(tx: Tx, workspaceId: string): Promise<void> {
  const own = { workspaceId };
  await tx.workspace.update({ where: { id: workspaceId }, data: { name: GONE, tradingState: "halted", tradingReason: "The account was deleted" } });
  await tx.agent.updateMany({ where: own, data: { name: GONE, statusReason: null } });
  await tx.walletNode.updateMany({ where: own, data: { name: GONE } });
  // Names of sectors are the user's own words, like those of agents.
  await tx.$executeRaw`UPDATE "Workspace" SET limits = limits - 'sectors' WHERE id = ${workspaceId}::uuid`;
  await tx.$executeRaw`UPDATE "WalletNode" SET limits = limits - 'sectors' WHERE "workspaceId" = ${workspaceId}::uuid AND limits IS NOT NULL`;
  const blank = `(config #- '{limits,sectors}') || jsonb_build_object('name', '${GONE}', 'strategyText', '')`;
  await tx.$executeRawUnsafe(`UPDATE "Agent" SET config = ${blank} WHERE "workspaceId" = $1::uuid`, workspaceId);
  await tx.$executeRawUnsafe(
    `UPDATE "AgentVersion" v SET config = ${blank.replace("config", "v.config")}, actor = $2 FROM "Agent" a WHERE a.id = v."agentId" AND a."workspaceId" = $1::uuid`,
    workspaceId,
    GONE,
  );
  await tx.turn.updateMany({ where: own, data: { summary: null, reason: null } });
  // Their records are going: what is not settled by now never will be, and who is at it has lost the turn.
  await tx.turn.updateMany({
    where: { ...own, phase: "executing" },
    data: { phase: "failed", reason: "the account was deleted before this decision settled", fence: { increment: 1 }, leaseUntil: null },
  });
  await tx.order.updateMany({ where: { ...own, reason: { not: null } }, data: { reason: null } });
  await tx.ledgerTransaction.updateMany({ where: { ...own, note: { not: null } }, data: { note: null } });
  // What was moved stays with its figures; why and by whom was said goes.
  await tx.movement.updateMany({ where: own, data: { why: "", reason: null, actor: GONE, person: null, counts: false, decidedBy: null } });
  await tx.rebalance.deleteMany({ where: own });
  await tx.rebalancePlan.deleteMany({ where: own });
  // Goals are the user's own words and wishes; what they moved stays in the books.
  await tx.goalCheck.deleteMany({ where: own });
  await tx.goalChange.deleteMany({ where: own });
  await tx.goalAchievement.deleteMany({ where: own });
  await tx.goalProposal.deleteMany({ where: own });
  await tx.goalBudget.deleteMany({ where: own });
  await tx.goal.deleteMany({ where: own });
  await tx.liveRequest.deleteMany({ where: own });
  await tx.marketSourceChoice.deleteMany({ where: own });
  // Alerts name agents; scenarios are named by people. What breakers decided and vetoes were worth are figures, and stay.
  await tx.alert.deleteMany({ where: own });
  await tx.stressScenario.deleteMany({ where: own });
  await tx.breakerSettings.deleteMany({ where: own });
  await tx.profitHigh.deleteMany({ where: own });
  await tx.vetoDue.deleteMany({ where: own });
  await tx.backtest.deleteMany({ where: own });
  await tx.trial.deleteMany({ where: own });
  // Who was told what lives for a week anyway; the audit log stays, without its words.
  await tx.event.deleteMany({ where: own });
  await tx.$executeRaw`UPDATE "AuditEntry" SET data = jsonb_build_object('redacted', encode(sha256(convert_to(data::text, 'UTF8')), 'hex')) WHERE "workspaceId" = ${workspaceId}::uuid`;
}
