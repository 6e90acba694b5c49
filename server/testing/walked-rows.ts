import type { Database } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import { packBlob } from "@/server/adapters/db/pack-blob";
import { PrismaMovementStore } from "@/server/adapters/db/wallets/prisma-movement-store";
import { backtestInputs } from "@/server/api/contract/backtests";
import { goalInputs } from "@/server/api/contract/goals";
import type { Caller } from "@/server/auth/auth-service";
import type { JobResult } from "@/server/backtest";
import { fixed, type Json, type TenantScope } from "@/server/shared";
import type { apiFixture } from "./api";
import { BACKTEST_FORM, type WalletIds } from "./walked-procedures";

/** Two backtests of a person: one that waits, and one that is done. */
export async function addBacktests(
  api: ReturnType<typeof apiFixture>,
  db: Database,
  scope: TenantScope,
): Promise<{ waitingBacktest: string; doneBacktest: string }> {
  const create = async () => (await api.services.backtests.create(scope, backtestInputs.backtestCreate.parse(BACKTEST_FORM))).backtestId;
  const doneBacktest = await create();
  const waitingBacktest = await create();
  await db.prisma.backtest.update({ where: { id: doneBacktest }, data: { status: "done" } });
  const result: JobResult["result"] = {
    version: 1,
    source: { kind: "simulated", label: "Simulated market" },
    axes: [],
    points: [],
    quality: [],
    hash: "",
  };
  await db.prisma.backtestPart.create({ data: { backtestId: doneBacktest, key: "result", ...(await packBlob(result as unknown as Json)) } });
  return { waitingBacktest, doneBacktest };
}

/** A goal of the agent's with a changed target, and a proposal. */
export async function addGoals(
  api: ReturnType<typeof apiFixture>,
  db: Database,
  scope: TenantScope,
  agentId: string,
): Promise<{ nodeId: string; goalId: string; changeId: string; proposalId: string }> {
  const { nodeId } = await db.prisma.agent.findUniqueOrThrow({ where: { id: agentId } });
  const [made] = (
    await api.services.goals.create(scope, goalInputs.goalCreate.parse({ goals: [{ nodeId, kind: "profit", unit: "percent", target: "7" }] }))
  ).goalIds;
  const goal = made ?? "";
  await api.services.goals.edit(scope, { goalId: goal, version: 1, target: "8" });
  const change = await db.prisma.goalChange.findFirstOrThrow({ where: { goalId: goal } });
  const proposalId = newId();
  const body = { shares: [], moves: [] };
  await db.prisma.goalProposal.create({
    data: { id: proposalId, workspaceId: scope.workspaceId, nodeId, body, why: "Walked", status: "open", at: new Date(0) },
  });
  return { nodeId, goalId: goal, changeId: change.id, proposalId };
}

/** Somebody else in the first workspace, an open invitation into it, and one of its owner into a third workspace. */
export async function addPeople(
  api: ReturnType<typeof apiFixture>,
  owner: Caller,
): Promise<{ memberId: string; invitationId: string; invitedId: string }> {
  const { people } = api.services;
  const form = { role: "viewer", chainId: 1, expiresInDays: 7 } as const;
  const member = await api.person();
  const joining = await people.invite(owner, { ...form, address: member.address });
  await people.answer(member.caller, { ...joining, accept: true });
  const { invitationId } = await people.invite(owner, { ...form, address: "0x000000000000000000000000000000000000bEEF" });
  const invited = await people.invite(member.caller, { ...form, address: owner.address ?? "" });
  return { memberId: member.caller.userId, invitationId, invitedId: invited.invitationId };
}

/** A farm and a vault, a movement that was made, one that waits for a second person, and a proposed rebalancing. */
export async function walletRows(api: ReturnType<typeof apiFixture>, db: Database, scope: TenantScope): Promise<WalletIds> {
  const { wallets } = api.services;
  const { id: masterId } = await db.prisma.walletNode.findFirstOrThrow({ where: { workspaceId: scope.workspaceId, kind: "treasury" } });
  const { nodeId: farmId } = await wallets.create(scope, { kind: "farm", name: "Farm of the first", parentId: masterId, strategy: "custom" });
  const { nodeId: vaultId } = await wallets.create(scope, { kind: "vault", name: "Vault of the first", parentId: masterId });
  const order = { kind: "allocate" as const, fromNodeId: masterId, toNodeId: farmId, why: "" };
  const { movementId } = await wallets.move(scope, { ...order, amount: "50", key: "first-move" });
  const rules = { reserve: null, reservePercent: null, maxAgentPercent: null, maxFarmPercent: null, cooldownSeconds: null };
  await wallets.setRules(scope, { nodeId: farmId, rules: { ...rules, approvalFrom: "60" } });
  const { movementId: askedId } = await wallets.move(scope, { ...order, amount: "70", key: "asked-move" });
  await wallets.setRules(scope, { nodeId: farmId, rules: { ...rules, approvalFrom: null } });
  const recall = { kind: "recall" as const, fromNodeId: farmId, toNodeId: masterId, amount: fixed("1"), key: "closing-recall", why: "" };
  const { id: recallId } = await new PrismaMovementStore(db).askClosing(scope, recall, { at: 0, wallAt: 0, prices: {} });
  const rebalanceId = newId();
  const plan = { needsApproval: false, turnover: 0, moves: [] };
  const row = { workspaceId: scope.workspaceId, nodeId: masterId, policy: "equal", plan, status: "proposed", total: 0, actor: "system:memepulse" };
  await db.prisma.rebalance.create({ data: { id: rebalanceId, ...row, at: new Date(), startedAt: new Date() } });
  return { masterId, farmId, vaultId, movementId, askedId, recallId, rebalanceId };
}

/** A scenario, an alert and a breaker's decision of a workspace. */
export async function riskRows(
  db: Database,
  workspaceId: string,
  agentId: string,
): Promise<{ shockId: string; alertId: string; decisionId: string }> {
  const [shockId, alertId, decisionId] = [newId(), newId(), newId()];
  const now = new Date();
  await db.prisma.stressScenario.create({ data: { id: shockId, workspaceId, name: "Walked", shock: { kind: "price", change: -0.1 } } });
  await db.prisma.alert.create({
    data: {
      id: alertId,
      workspaceId,
      agentId,
      openKey: "walked",
      kind: "drawdown",
      severity: "warning",
      title: "Walked",
      text: "",
      figures: {},
      at: now,
      raisedAt: now,
    },
  });
  const inputs = { version: 1, at: 0, subject: { kind: "agent", id: agentId }, tradingState: "active", holds: false, readings: [] };
  await db.prisma.breakerDecision.create({
    data: {
      id: decisionId,
      workspaceId,
      agentId,
      kind: "drawdown",
      steps: ["reduce"],
      reason: "",
      inputs,
      answers: [],
      build: "b",
      status: "done",
      at: now,
      decidedAt: now,
    },
  });
  return { shockId, alertId, decisionId };
}
