/** The Wallet page's words: inputs and answers. Money is exact text in the tree's currency; returns and shares are fractions; times ms. */
import { z } from "zod";
import { FARM_STRATEGIES, MOVEMENT_KINDS, POLICIES } from "@/server/wallets";
import { limitsInput } from "../contract";

const uuid = z.uuid();
const name = z.string().trim().min(1, "must not be empty").max(60);
/** Any decimal number: what is wrong with it (negative, dust, too many decimals, more than free) is said with the numbers. */
const amount = z.string().regex(/^-?\d{1,15}(\.\d{1,18})?$/, "must be a decimal number, such as 250.00");
const key = z.string().min(8).max(80);
const why = z.string().trim().max(200).default("");
const percent = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,4})?$/, "must be a percentage")
  .nullable()
  .default(null);
const money = z
  .string()
  .regex(/^\d{1,15}(\.\d{1,6})?$/, "must be zero or more, with at most 6 decimals")
  .nullable()
  .default(null);

const order = z.strictObject({ kind: z.enum(MOVEMENT_KINDS), fromNodeId: uuid.nullable(), toNodeId: uuid.nullable(), amount });
const rebalanceParams = z.strictObject({
  policy: z.enum(POLICIES),
  weights: z.record(uuid, z.number().min(0).finite()).default({}),
  bandPercent: z.number().min(0).max(100).default(2),
  minPercent: z.number().min(0).max(100).default(0),
  maxPercent: z.number().min(0).max(100).default(100),
  useFree: z.boolean().default(false),
});
const filter = {
  nodeId: uuid.optional(),
  kind: z.enum(MOVEMENT_KINDS).optional(),
  status: z.enum(["done", "pending", "refused", "undone"]).optional(),
  /** Market time (ms). */
  from: z.number().int().optional(),
  to: z.number().int().optional(),
  actor: z.string().max(100).optional(),
  text: z.string().max(100).optional(),
};

export const walletInputs = {
  walletTree: z.strictObject({ closed: z.boolean().default(false) }),
  walletChildren: z.strictObject({ nodeId: uuid, offset: z.int().min(0).default(0) }),
  walletNode: z.strictObject({ nodeId: uuid, days: z.int().min(1).max(365).default(30) }),
  walletNodeId: z.strictObject({ nodeId: uuid }),
  walletCreate: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("treasury"),
      name,
      mode: z.enum(["paper", "live"]),
      currency: z.string().regex(/^[A-Z0-9]{2,12}$/, "must look like USDT"),
    }),
    z.strictObject({ kind: z.literal("farm"), name, parentId: uuid, strategy: z.enum(FARM_STRATEGIES) }),
    z.strictObject({ kind: z.literal("vault"), name, parentId: uuid }),
  ]),
  walletRename: z.strictObject({ nodeId: uuid, name }),
  walletPlace: z.strictObject({ nodeId: uuid, parentId: uuid }),
  walletRules: z.strictObject({
    nodeId: uuid,
    rules: z.strictObject({
      reserve: money,
      reservePercent: percent,
      maxAgentPercent: percent,
      maxFarmPercent: percent,
      cooldownSeconds: z.int().min(1).nullable().default(null),
      approvalFrom: money,
    }),
  }),
  walletFarm: z.strictObject({
    nodeId: uuid,
    limits: limitsInput,
    tradingState: z.enum(["active", "reducing", "halted"]),
    strategy: z.enum(FARM_STRATEGIES),
  }),
  walletPreview: z.strictObject({ orders: z.array(order).min(1).max(50) }),
  walletMove: order.extend({ why, key, previewHash: z.string().max(80).optional() }),
  walletRecall: z.strictObject({ fromNodeId: uuid, toNodeId: uuid, amount, why, key, closePositions: z.boolean().default(false) }),
  walletMovementId: z.strictObject({ movementId: uuid }),
  walletDecide: z.strictObject({ movementId: uuid, agreed: z.boolean(), reason: z.string().trim().max(200).default("") }),
  walletStatement: z.strictObject({
    ...filter,
    cursor: uuid.optional(),
    limit: z.int().min(1).max(200).default(50),
    /** Sent by clients that page; pages go one way. */
    direction: z.literal("forward").optional(),
  }),
  walletStatementCsv: z.strictObject(filter),
  walletRebalancePreview: z.strictObject({ nodeId: uuid, params: rebalanceParams }),
  walletRebalance: z.strictObject({ nodeId: uuid, params: rebalanceParams, previewHash: z.string().max(80) }),
  walletRebalanceId: z.strictObject({ rebalanceId: uuid }),
  walletSetRebalance: z.strictObject({ nodeId: uuid, params: rebalanceParams, schedule: z.enum(["off", "daily", "weekly"]), apply: z.boolean() }),
} as const;

export type WalletRowView = {
  id: string;
  parentId: string | null;
  depth: number;
  kind: "treasury" | "farm" | "vault" | "agent";
  mode: "paper" | "live";
  name: string;
  currency: string;
  strategy: string | null;
  agentId: string | null;
  status: string | null;
  closed: boolean;
  tradingState: string;
  /** Wallets right under it, and agents anywhere under it. */
  children: number;
  agents: number;
  /** Own cash; of that what movements may take; set aside for orders, here and below; what stands below; all of it. */
  balance: string;
  free: string;
  reserved: string;
  allocated: string;
  equity: string;
  /** As tables show them: own part and children sum to the parent. */
  shown: { equity: string; own: string; made: string };
  /** Of everything under its master. */
  share: number;
  capital: string;
  paidIn: string;
  paidOut: string;
  /** realised + unrealised − fees. */
  made: string;
  realised: string;
  unrealised: string;
  fees: string;
  /** USD; a memo, moves no money of the tree. */
  modelCost: string;
  /** Time-weighted, a fraction; null = no money was there. */
  return: number | null;
};

export type WalletTreeView = {
  marketNow: number;
  market: { kind: "simulated" | "files" | "exchange"; label: string };
  /** Masters first, each followed by what stands under it; at most 50 wallets of one parent. */
  rows: WalletRowView[];
  total: number;
  /** Movements that wait for a person or for positions to be closed, rebalancings that are proposed or run. */
  waiting: MovementView[];
  rebalances: RebalanceView[];
};

export type WalletChildrenView = { rows: WalletRowView[]; total: number };

export type WalletNodeView = {
  marketNow: number;
  row: WalletRowView;
  path: { id: string; name: string }[];
  rules: Record<"reserve" | "reservePercent" | "maxAgentPercent" | "maxFarmPercent" | "approvalFrom", string | null> & {
    cooldownSeconds: number | null;
  };
  /** Of a farm. */
  limits: Record<string, unknown> | null;
  drawdown: number | null;
  /** A year; or why there is none. */
  moneyReturn: { ok: true; value: number } | { ok: false; message: string };
  record: { at: number; equity: string; flow: string }[];
  rebalance: { policy: string; params: unknown; schedule: string; apply: boolean } | null;
};

export type MovementView = {
  id: string;
  kind: string;
  from: { id: string; name: string } | null;
  to: { id: string; name: string } | null;
  amount: string;
  currency: string;
  why: string;
  actor: string;
  actorName: string;
  own: boolean;
  status: "done" | "pending" | "refused" | "undone";
  waitsFor: string | null;
  reason: string | null;
  canUndo: boolean;
  transactionId: string | null;
  at: number;
  wallAt: number;
};

export type StatementView = { rows: MovementView[]; nextCursor: string | null; people: { actor: string; name: string }[] };

export type PreviewView = {
  rows: { nodeId: string | null; name: string; now: string; move: string; after: string; checks: { rule: string; text: string; ok: boolean }[] }[];
  postings: { from: string; to: string; amount: string }[];
  currency: string;
  conserved: boolean;
  needsApproval: boolean;
  /** Why it would be refused. */
  refusal: { code: string; message: string; field: string | null; data: Record<string, string | number | boolean | null> | null } | null;
  hash: string;
};

export type RebalancePreviewView = {
  preview: PreviewView;
  wallets: { nodeId: string; name: string; now: string; target: string; move: string; weight: number; note: string }[];
  turnover: number;
  cost: string;
};

export type RebalanceView = {
  id: string;
  nodeId: string;
  node: string;
  policy: string;
  status: "proposed" | "running" | "done" | "failed";
  done: number;
  total: number;
  amount: string;
  turnover: number;
  reason: string | null;
  needsApproval: boolean;
  own: boolean;
  at: number;
};

/**
 * wallets.tree q walletTree → WalletTreeView · read          wallets.children q walletChildren → WalletChildrenView · read
 * wallets.node q walletNode → WalletNodeView · read          wallets.statement q walletStatement → StatementView · read
 * wallets.statementCsv q walletStatementCsv → {name, text} · read     wallets.preview q walletPreview → PreviewView · read
 * wallets.create m walletCreate → {nodeId} · trade            wallets.rename m · trade     wallets.place m · admin     wallets.close m · trade
 * wallets.setRules m walletRules · admin                      wallets.setFarm m walletFarm · admin
 * wallets.move m walletMove → {movementId, moved, pendingApproval} · trade     wallets.recall m walletRecall → the same and {closing} · trade
 * wallets.cancelRecall m walletMovementId → {movementId, moved, pendingApproval}: of a recall that waits for sales · trade
 * wallets.undo m walletMovementId · trade                     wallets.decide m walletDecide · owner
 * wallets.rebalancePreview q → RebalancePreviewView · read    wallets.rebalance m walletRebalance → RebalanceView · trade
 * wallets.acceptRebalance m walletRebalanceId → RebalanceView · owner          wallets.setRebalance m walletSetRebalance · trade
 */
export type WalletProcedure =
  | "wallets.tree"
  | "wallets.children"
  | "wallets.node"
  | "wallets.statement"
  | "wallets.statementCsv"
  | "wallets.preview"
  | "wallets.create"
  | "wallets.rename"
  | "wallets.place"
  | "wallets.close"
  | "wallets.setRules"
  | "wallets.setFarm"
  | "wallets.move"
  | "wallets.recall"
  | "wallets.cancelRecall"
  | "wallets.undo"
  | "wallets.decide"
  | "wallets.rebalancePreview"
  | "wallets.rebalance"
  | "wallets.acceptRebalance"
  | "wallets.setRebalance";
