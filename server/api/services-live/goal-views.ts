import {
  GOAL_SPECS,
  type GoalConflict,
  type GoalNode,
  type GoalOdds,
  goalActions,
  goalTitle,
  oddsWords,
  type Proposal,
  ruleToJson,
  type StoredGoal,
} from "@/server/goals";
import { type Fixed, toText } from "@/server/shared";
import type { ConflictView, GoalNodeView, GoalOddsView, GoalView, ProposalView } from "../contract/goals";

const text = (x: Fixed | null | undefined): string | null => (x === null || x === undefined ? null : toText(x));
/** Actions of a person; the rest happens by itself. */
const BY_PERSON = new Set(["pause", "resume", "reopen", "stop"]);

export const nodeView = (n: GoalNode): GoalNodeView => ({
  id: n.id,
  name: n.name,
  kind: n.kind,
  agentId: n.agentId,
  currency: n.currency,
  symbols: [...n.symbols],
});
const GONE = (id: string, kind: GoalNodeView["kind"]): GoalNodeView => ({
  id,
  name: "Closed wallet",
  kind,
  agentId: null,
  currency: "",
  symbols: [],
});

export const conflictView = (c: GoalConflict): ConflictView => ({ kind: c.kind, goalIds: [...c.goalIds], text: c.text });

export const oddsView = (o: GoalOdds): GoalOddsView =>
  o.known
    ? {
        known: true,
        probability: o.probability,
        words: oddsWords(o.probability),
        withCeiling: o.withCeiling,
        method: o.method,
        until: o.until,
        ownEnd: o.ownEnd,
        band: o.band && { at: [...o.band.at], lines: o.band.lines.map((l) => [...l]) },
        changes: o.changes.map((c) => ({ ...c })),
      }
    : { known: false, has: o.has, needs: o.needs, reason: o.reason };

export function goalView({ goal, measure, odds, sentence }: StoredGoal, nodes: readonly GoalNode[]): GoalView {
  const node = nodes.find((n) => n.id === goal.nodeId);
  const currency = node?.currency ?? "";
  const spec = GOAL_SPECS[goal.kind];
  return {
    id: goal.id,
    version: goal.version,
    title: goalTitle(goal, currency),
    kindTitle: spec.title,
    measures: spec.measures,
    node: node ? nodeView(node) : GONE(goal.nodeId, goal.nodeKind),
    kind: goal.kind,
    unit: goal.unit,
    target: toText(goal.target),
    userTarget: toText(goal.userTarget),
    period: goal.period,
    deadline: goal.deadline,
    priority: goal.priority,
    onAchieved: ruleToJson(goal.onAchieved),
    trim: goal.trim,
    adaptive: goal.adaptive,
    mayApply: goal.mayApply,
    status: goal.status,
    statusReason: goal.statusReason,
    sentence,
    startAt: goal.startAt,
    checkedAt: measure?.at ?? null,
    value: text(measure?.value),
    start: text(measure?.start),
    planned: text(measure?.planned),
    done: measure?.done ?? 0,
    against: measure?.against ?? null,
    broken: measure?.broken ?? false,
    from: measure?.from ?? null,
    until: measure?.until ?? null,
    odds: odds && oddsView(odds),
    actions: goalActions(goal.status).filter((a) => BY_PERSON.has(a)),
  };
}

export function proposalView(p: Proposal, nodes: readonly GoalNode[]): ProposalView {
  const nameOf = (id: string): string => nodes.find((n) => n.id === id)?.name ?? "Closed wallet";
  const node = nodes.find((n) => n.id === p.nodeId);
  return {
    id: p.id,
    node: node ? nodeView(node) : null,
    why: p.why,
    status: p.status,
    reason: p.reason,
    at: p.at,
    shares: p.shares.map((s) => ({
      nodeId: s.nodeId,
      name: s.name,
      equity: toText(s.equity),
      wanted: toText(s.wanted),
      riskBudget: text(s.riskBudget),
      why: s.why,
    })),
    moves: p.moves.map((m) => ({ from: nameOf(m.fromNodeId), to: nameOf(m.toNodeId), amount: toText(m.amount) })),
  };
}
