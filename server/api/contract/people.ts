/** Members, invitations and the audit log: inputs and answers. */
import { getAddress, isAddress } from "viem";
import { z } from "zod";

const uuid = z.uuid();
const role = z.enum(["owner", "trader", "viewer"]);
/** Mixed case must be the right checksum: a mistyped address is refused, not invited. */
const walletAddress = z
  .string()
  .trim()
  .refine(
    (text) => isAddress(text, { strict: /[a-f]/.test(text.slice(2)) && /[A-F]/.test(text.slice(2)) }),
    "must be a wallet address: 0x and 40 digits",
  )
  .transform((text): string => getAddress(text));

export const AUDIT_AREAS = ["member", "agent", "wallet", "goal", "risk", "workspace", "account", "other"] as const;

const auditFilter = {
  area: z.enum(AUDIT_AREAS).optional(),
  /** As an entry names it: "user:…", "api-key:…", "system:…". */
  actor: z.string().max(80).optional(),
  subject: uuid.optional(),
  from: z.int().min(0).optional(),
  to: z.int().min(0).optional(),
  /** Part of an action's name or of what it says. */
  text: z.string().trim().max(80).optional(),
};

export const peopleInputs = {
  invite: z.strictObject({
    address: walletAddress,
    role,
    /** A contract wallet is somebody only on its own chain; every ordinary wallet is of chain 1. */
    chainId: z.int().min(1).max(2_147_483_647).default(1),
    expiresInDays: z.int().min(1).max(30).default(7),
  }),
  invitationId: z.strictObject({ invitationId: uuid }),
  answer: z.strictObject({ invitationId: uuid, accept: z.boolean() }),
  memberRole: z.strictObject({ userId: uuid, role }),
  memberId: z.strictObject({ userId: uuid }),
  chooseWorkspace: z.strictObject({ workspaceId: uuid }),
  workspaceName: z.strictObject({ name: z.string().trim().min(1, "must not be empty").max(60) }),
  audit: z.strictObject({
    ...auditFilter,
    cursor: z.string().max(200).optional(),
    direction: z.enum(["forward", "backward"]).optional(),
    limit: z.int().min(1).max(200).default(50),
  }),
  auditExport: z.strictObject(auditFilter),
} as const;

type Role = z.output<typeof role>;

export type MemberView = {
  userId: string;
  address: string;
  chainId: number;
  isDemo: boolean;
  role: Role;
  joinedAt: number;
  /** Who is asking. */
  you: boolean;
};
export type InvitationView = {
  id: string;
  workspaceId: string;
  workspaceName: string;
  address: string;
  chainId: number;
  role: Role;
  invitedBy: string | null;
  createdAt: number;
  expiresAt: number;
};
export type MembersView = { members: MemberView[]; invitations: InvitationView[]; yourRole: Role };
export type WorkspaceChoice = { id: string; name: string; role: Role; current: boolean };

export type AuditRowView = {
  id: string;
  at: number;
  actor: string;
  /** A person's address, a key's name, or the product. */
  who: string;
  action: string;
  subject: string | null;
  /** The agent's or wallet's name, while there is one. */
  subjectName: string | null;
  data: Readonly<Record<string, unknown>>;
  /** Names of the agents, wallets and people whose ids stand in `data`. */
  names: Readonly<Record<string, string>>;
};
export type AuditPage = { rows: AuditRowView[]; nextCursor: string | null; actors: { actor: string; who: string }[] };
/** What the signed-in wallet holds on chain: for reading, apart from the workspace's money. */
export type ChainHoldingsView = {
  chainId: number;
  chain: string;
  problem: string | null;
  block: string | null;
  balances: readonly { symbol: string; token: string | null; amount: string }[];
  unread: readonly string[];
};
export type OnChainView = { address: string | null; at: number; configured: boolean; chains: readonly ChainHoldingsView[] };
export type TextFile = { name: string; type: string; text: string };

export type PeopleProcedure =
  | "me.invitations"
  | "me.answerInvitation"
  | "me.onChain"
  | "me.workspaces"
  | "me.chooseWorkspace"
  | "workspace.rename"
  | "members.list"
  | "members.invite"
  | "members.revokeInvitation"
  | "members.setRole"
  | "members.remove"
  | "members.leave"
  | "audit.list"
  | "audit.export";
