import type { Prisma } from "@/generated/prisma/client";
import {
  type Achievement,
  type Goal,
  type GoalOdds,
  type MeasureJson,
  measureFromJson,
  measureToJson,
  type PlannedMove,
  type Proposal,
  type RuleJson,
  ruleFromJson,
  ruleToJson,
  type StateJson,
  type StoredGoal,
  stateFromJson,
  stateToJson,
} from "@/server/goals";
import { type Fixed, fixed, toText } from "@/server/shared";
import type { NodeKind } from "@/server/wallets";
import { decimalToFixed, fixedToDecimal } from "../decimal";

type Row = Prisma.GoalGetPayload<object>;
const json = (value: unknown): Prisma.InputJsonValue => value as Prisma.InputJsonValue;
const instant = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

export const goalFromRow = (row: Row, nodeKind: NodeKind): StoredGoal => ({
  goal: {
    id: row.id,
    workspaceId: row.workspaceId,
    nodeId: row.nodeId,
    nodeKind,
    kind: row.kind as Goal["kind"],
    unit: row.unit as Goal["unit"],
    target: decimalToFixed(row.target),
    userTarget: decimalToFixed(row.userTarget),
    period: row.period as Goal["period"],
    deadline: row.deadline?.getTime() ?? null,
    priority: row.priority,
    onAchieved: ruleFromJson(row.onAchieved as unknown as RuleJson),
    trim: row.trim,
    adaptive: row.adaptive,
    mayApply: row.mayApply,
    status: row.status as Goal["status"],
    statusReason: row.statusReason,
    version: row.version,
    startAt: row.startAt?.getTime() ?? null,
    startEquity: row.startEquity === null ? null : decimalToFixed(row.startEquity),
    createdAt: row.createdAt.getTime(),
  },
  state: row.state === null ? null : stateFromJson(row.state as unknown as StateJson),
  measure: row.measure === null ? null : measureFromJson(row.measure as unknown as MeasureJson),
  odds: row.odds as unknown as GoalOdds | null,
  volatility: row.volatility,
  sentence: row.sentence,
  setBy: row.actor,
});

/** What a change of a goal writes; what a check writes is {@link checkColumns}. */
export const goalColumns = ({ goal }: StoredGoal) => ({
  target: fixedToDecimal(goal.target),
  userTarget: fixedToDecimal(goal.userTarget),
  period: goal.period,
  deadline: instant(goal.deadline),
  priority: goal.priority,
  onAchieved: json(ruleToJson(goal.onAchieved)),
  trim: goal.trim,
  adaptive: goal.adaptive,
  mayApply: goal.mayApply,
  status: goal.status,
  statusReason: goal.statusReason,
  version: goal.version,
  startAt: instant(goal.startAt),
  startEquity: goal.startEquity === null ? null : fixedToDecimal(goal.startEquity),
});

export const checkColumns = ({ state, measure, odds, volatility }: StoredGoal) => ({
  ...(state && { state: json(stateToJson(state)) }),
  ...(measure && { measure: json(measureToJson(measure)), checkedAt: new Date(measure.at) }),
  ...(odds && { odds: json(odds) }),
  volatility,
});

type MoveJson = Omit<PlannedMove, "amount"> & { readonly amount: string };
export const movesToJson = (moves: readonly PlannedMove[]): Prisma.InputJsonValue => json(moves.map((m) => ({ ...m, amount: toText(m.amount) })));
const movesFromJson = (moves: unknown): readonly PlannedMove[] => (moves as readonly MoveJson[]).map((m) => ({ ...m, amount: fixed(m.amount) }));

export const achievementFromRow = (row: Prisma.GoalAchievementGetPayload<object>): Achievement => ({
  id: row.id,
  goalId: row.goalId,
  version: row.version,
  periodStart: row.periodStart?.getTime() ?? null,
  at: row.at.getTime(),
  rule: ruleFromJson(row.rule as unknown as RuleJson),
  profit: decimalToFixed(row.profit),
  due: decimalToFixed(row.due),
  collected: decimalToFixed(row.collected),
  moves: movesFromJson(row.moves),
  status: row.status as Achievement["status"],
  note: row.note,
  revision: row.revision,
});

type ShareJson = Omit<Proposal["shares"][number], "equity" | "wanted" | "riskBudget"> & { equity: string; wanted: string; riskBudget: string | null };
const text = (x: Fixed | null): string | null => (x === null ? null : toText(x));

export const proposalBody = (p: Proposal): Prisma.InputJsonValue =>
  json({
    shares: p.shares.map((s) => ({ ...s, equity: toText(s.equity), wanted: toText(s.wanted), riskBudget: text(s.riskBudget) })),
    moves: movesToJson(p.moves),
  });

export function proposalFromRow(row: Prisma.GoalProposalGetPayload<object>): Proposal {
  const body = row.body as unknown as { shares: ShareJson[]; moves: unknown };
  return {
    id: row.id,
    nodeId: row.nodeId,
    shares: body.shares.map((s) => ({
      ...s,
      equity: fixed(s.equity),
      wanted: fixed(s.wanted),
      riskBudget: s.riskBudget === null ? null : fixed(s.riskBudget),
    })),
    moves: movesFromJson(body.moves),
    why: row.why,
    status: row.status as Proposal["status"],
    reason: row.reason,
    actor: row.actor,
    at: row.at.getTime(),
  };
}
