/** The words of the goals part of the API: inputs as zod schemas, answers as types. Decimals travel as text, times as market ms. */
import { z } from "zod";

const uuid = z.uuid();
/** A positive decimal with at most 8 decimals. */
const amount = z.string().regex(/^\d{1,15}(\.\d{1,8})?$/, "must be a plain decimal with at most 8 decimals");
const percent = z.string().regex(/^\d{1,6}(\.\d{1,8})?$/, "must be a plain decimal");

const onAchieved = z.strictObject({
  after: z.enum(["continue", "reduce-only", "stop", "raise"]).default("continue"),
  raisePercent: percent.nullable().default(null),
  collect: z.enum(["none", "all", "profit", "share"]).default("none"),
  collectPercent: percent.nullable().default(null),
  collectTo: uuid.nullable().default(null),
  closeFirst: z.boolean().default(false),
});

const goalDraft = z.strictObject({
  nodeId: uuid,
  kind: z.enum(["profit", "balance", "drawdown", "return", "win-rate", "sharpe", "volume", "income"]),
  unit: z.enum(["quote", "percent", "ratio"]),
  target: amount,
  period: z.enum(["day", "week", "month"]).nullable().default(null),
  /** Market time up to which it holds. */
  deadline: z.int().min(0).nullable().default(null),
  priority: z.int().min(1).max(5).default(3),
  onAchieved: onAchieved.prefault({}),
  trim: z.boolean().default(false),
  adaptive: z.boolean().default(false),
  mayApply: z.boolean().default(false),
});

export const goalInputs = {
  goalRead: z.strictObject({ sentence: z.string().max(500), nodeId: uuid.nullable().default(null) }),
  /** Asks a model, which costs money: one key, one call. */
  goalRestate: z.strictObject({ sentence: z.string().trim().min(1).max(500), nodeId: uuid.nullable().default(null), key: z.string().min(8).max(80) }),
  goalPreview: goalDraft,
  goalCreate: z.strictObject({
    goals: z.array(goalDraft).min(1).max(4),
    sentence: z.string().max(500).nullable().default(null),
    /** Markets that the agent is limited to along with it; null leaves its limits alone. */
    onlyMarkets: z
      .array(z.string().regex(/^[A-Z0-9]{2,12}\/[A-Z0-9]{2,12}$/))
      .min(1)
      .max(8)
      .nullable()
      .default(null),
  }),
  goalEdit: z.strictObject({
    goalId: uuid,
    version: z.int().min(1),
    target: amount.optional(),
    deadline: z.int().min(0).nullable().optional(),
    priority: z.int().min(1).max(5).optional(),
    onAchieved: onAchieved.optional(),
    trim: z.boolean().optional(),
    adaptive: z.boolean().optional(),
    mayApply: z.boolean().optional(),
  }),
  goalAct: z.strictObject({ goalId: uuid, action: z.enum(["pause", "resume", "reopen", "stop"]) }),
  goalId: z.strictObject({ goalId: uuid }),
  goalUndo: z.strictObject({ goalId: uuid, changeId: uuid }),
  proposalId: z.strictObject({ proposalId: uuid }),
} as const;

export type GoalDraftInput = z.input<typeof goalDraft>;

export type GoalNodeView = {
  id: string;
  name: string;
  kind: "treasury" | "farm" | "vault" | "agent";
  agentId: string | null;
  currency: string;
  symbols: string[];
};

export type GoalOddsView =
  | {
      known: true;
      probability: number;
      /** "likely", "about even", … */
      words: string;
      withCeiling: number | null;
      method: string;
      until: number;
      ownEnd: boolean;
      /** Levels 5, 25, 50, 75 and 95 %, in the goal's unit. */
      band: { at: number[]; lines: number[][] } | null;
      changes: { what: string; probability: number }[];
    }
  | { known: false; has: number; needs: number; reason: string };

export type GoalView = {
  id: string;
  version: number;
  title: string;
  kindTitle: string;
  measures: string;
  node: GoalNodeView;
  kind: GoalDraftInput["kind"];
  unit: "quote" | "percent" | "ratio";
  target: string;
  userTarget: string;
  period: "day" | "week" | "month" | null;
  deadline: number | null;
  priority: number;
  onAchieved: z.output<typeof onAchieved>;
  trim: boolean;
  adaptive: boolean;
  mayApply: boolean;
  status: "draft" | "active" | "paused" | "achieved" | "missed" | "stopped";
  statusReason: string | null;
  sentence: string | null;
  startAt: number | null;
  checkedAt: number | null;
  value: string | null;
  start: string | null;
  planned: string | null;
  /** 0 to 1. */
  done: number;
  against: "ahead" | "on plan" | "behind" | null;
  broken: boolean;
  /** Measured window. */
  from: number | null;
  until: number | null;
  odds: GoalOddsView | null;
  actions: string[];
};

export type ConflictView = { kind: string; goalIds: string[]; text: string };
export type ProposalView = {
  id: string;
  node: GoalNodeView | null;
  why: string;
  status: "open" | "applying" | "applied" | "failed" | "undone" | "dismissed" | "outdated";
  reason: string | null;
  at: number;
  shares: { nodeId: string; name: string; equity: string; wanted: string; riskBudget: string | null; why: string }[];
  moves: { from: string; to: string; amount: string }[];
};
export type GoalsView = { now: number; goals: GoalView[]; conflicts: ConflictView[]; proposals: ProposalView[]; nodes: GoalNodeView[] };
export type GoalDetailView = {
  goal: GoalView;
  checks: { at: number; value: string | null; done: number; probability: number | null }[];
  changes: { id: string; kind: string; from: string; to: string; why: string; actor: string; at: number; undone: boolean }[];
  achievements: { id: string; at: number; profit: string; due: string; collected: string; status: "open" | "done"; note: string | null }[];
};

export type GoalPreviewView = {
  title: string;
  kindTitle: string;
  node: GoalNodeView;
  equity: string;
  odds: GoalOddsView;
  conflicts: ConflictView[];
};

/** What was made of a sentence: goals to confirm, one question, or nothing. */
export type ReadingView =
  | { kind: "goals"; drafts: GoalDraftInput[]; symbols: string[]; ignored: string[] }
  | { kind: "question"; about: string; question: string; choices: { label: string; sentence: string }[]; ignored: string[] }
  | { kind: "nothing"; message: string; ignored: string[] };

/** A sentence that a model put plainly, and what the grammar makes of that. `cost` in USD. */
export type RestatedView = { sentence: string | null; model: string; cost: string; reading: ReadingView };

/** Procedures of the area. */
export type GoalProcedure =
  | "goals.list"
  | "goals.get"
  | "goals.read"
  | "goals.restate"
  | "goals.preview"
  | "goals.create"
  | "goals.edit"
  | "goals.act"
  | "goals.undoChange"
  | "goals.check"
  | "goals.applyProposal"
  | "goals.undoProposal"
  | "goals.dismissProposal";
