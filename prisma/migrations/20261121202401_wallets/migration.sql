-- AlterTable
ALTER TABLE "WalletNode" ADD COLUMN     "closedAt" TIMESTAMPTZ(3),
ADD COLUMN     "moneyRules" JSONB,
ADD COLUMN     "strategy" TEXT;

-- CreateTable
CREATE TABLE "Movement" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "fromNodeId" UUID,
    "toNodeId" UUID,
    "amount" DECIMAL(38,18) NOT NULL,
    "currency" TEXT NOT NULL,
    "why" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "waitsFor" TEXT,
    "reason" TEXT,
    "decidedBy" TEXT,
    "undoOf" UUID,
    "batchId" UUID,
    "transactionId" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "wallAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Movement_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "NodeFlow" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "nodeId" UUID NOT NULL,
    "movementId" UUID,
    "flow" DECIMAL(38,18) NOT NULL,
    "equityBefore" DECIMAL(38,18) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "NodeFlow_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "NodePlace" (
    "nodeId" UUID NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "parentId" UUID,
    "workspaceId" UUID NOT NULL,

    CONSTRAINT "NodePlace_pkey" PRIMARY KEY ("nodeId","since")
);

-- CreateTable
CREATE TABLE "VenueTransfer" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "agentId" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" DECIMAL(38,18) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "doneAt" TIMESTAMPTZ(3),

    CONSTRAINT "VenueTransfer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Rebalance" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "nodeId" UUID NOT NULL,
    "openKey" TEXT,
    "policy" TEXT NOT NULL,
    "plan" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER NOT NULL,
    "reason" TEXT,
    "actor" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Rebalance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RebalancePlan" (
    "nodeId" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "policy" TEXT NOT NULL,
    "params" JSONB NOT NULL,
    "schedule" TEXT NOT NULL,
    "apply" BOOLEAN NOT NULL,
    "lastAt" TIMESTAMPTZ(3),
    "changedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RebalancePlan_pkey" PRIMARY KEY ("nodeId")
);

-- CreateIndex
CREATE UNIQUE INDEX "Movement_undoOf_key" ON "Movement"("undoOf");

-- CreateIndex
CREATE INDEX "Movement_workspaceId_wallAt_id_idx" ON "Movement"("workspaceId", "wallAt", "id");

-- CreateIndex
CREATE INDEX "Movement_workspaceId_status_idx" ON "Movement"("workspaceId", "status");

-- CreateIndex
CREATE INDEX "Movement_fromNodeId_at_idx" ON "Movement"("fromNodeId", "at");

-- CreateIndex
CREATE INDEX "Movement_toNodeId_at_idx" ON "Movement"("toNodeId", "at");

-- CreateIndex
CREATE INDEX "Movement_batchId_idx" ON "Movement"("batchId");

-- CreateIndex
CREATE UNIQUE INDEX "Movement_workspaceId_key_key" ON "Movement"("workspaceId", "key");

-- CreateIndex
CREATE INDEX "NodeFlow_nodeId_at_idx" ON "NodeFlow"("nodeId", "at");

-- CreateIndex
CREATE INDEX "NodeFlow_workspaceId_idx" ON "NodeFlow"("workspaceId");

-- CreateIndex
CREATE INDEX "NodePlace_workspaceId_idx" ON "NodePlace"("workspaceId");

-- CreateIndex
CREATE INDEX "NodePlace_parentId_idx" ON "NodePlace"("parentId");

-- CreateIndex
CREATE INDEX "VenueTransfer_doneAt_createdAt_idx" ON "VenueTransfer"("doneAt", "createdAt");

-- CreateIndex
CREATE INDEX "VenueTransfer_workspaceId_idx" ON "VenueTransfer"("workspaceId");

-- CreateIndex
CREATE UNIQUE INDEX "VenueTransfer_agentId_key_key" ON "VenueTransfer"("agentId", "key");

-- CreateIndex
CREATE UNIQUE INDEX "Rebalance_openKey_key" ON "Rebalance"("openKey");

-- CreateIndex
CREATE INDEX "Rebalance_workspaceId_startedAt_idx" ON "Rebalance"("workspaceId", "startedAt");

-- CreateIndex
CREATE INDEX "Rebalance_status_idx" ON "Rebalance"("status");

-- CreateIndex
CREATE INDEX "RebalancePlan_workspaceId_idx" ON "RebalancePlan"("workspaceId");

-- CreateIndex
CREATE INDEX "RebalancePlan_schedule_idx" ON "RebalancePlan"("schedule");

ALTER TABLE "Movement" ADD CONSTRAINT "Movement_amount_check" CHECK ("amount" > 0 AND ("fromNodeId" IS NOT NULL OR "toNodeId" IS NOT NULL) AND "fromNodeId" IS DISTINCT FROM "toNodeId");
ALTER TABLE "Movement" ADD CONSTRAINT "Movement_status_check" CHECK ("status" IN ('done', 'pending', 'refused', 'undone') AND (("status" IN ('done', 'undone')) = ("transactionId" IS NOT NULL)));
ALTER TABLE "WalletNode" ADD CONSTRAINT "WalletNode_root_check" CHECK (("kind" = 'treasury') = ("parentId" IS NULL));

-- What was moved before movements had rows of their own.
INSERT INTO "Movement" ("id", "workspaceId", "key", "kind", "fromNodeId", "toNodeId", "amount", "currency", "why", "actor", "status", "transactionId", "at", "wallAt")
SELECT t."id", t."workspaceId", t."key", t."kind", o."nodeId", i."nodeId", ip."amount", ip."currency", coalesce(t."note", ''), 'system:before-movements', 'done', t."id", t."at", t."createdAt"
  FROM "LedgerTransaction" t
  JOIN "Posting" ip ON ip."transactionId" = t."id" AND ip."amount" > 0
  JOIN "LedgerAccount" i ON i."id" = ip."accountId" AND i."kind" IN ('cash', 'external')
  JOIN "Posting" op ON op."transactionId" = t."id" AND op."amount" < 0
  JOIN "LedgerAccount" o ON o."id" = op."accountId" AND o."kind" IN ('cash', 'external')
 WHERE t."kind" IN ('deposit', 'withdraw', 'allocate', 'collect') AND (o."nodeId" IS NOT NULL OR i."nodeId" IS NOT NULL) AND o."nodeId" IS DISTINCT FROM i."nodeId";

-- Allocations moved money inside a treasury's tree: only the agents saw them. What an agent was worth before is its last recorded equity.
INSERT INTO "NodeFlow" ("id", "workspaceId", "nodeId", "movementId", "flow", "equityBefore", "at")
SELECT gen_random_uuid(), m."workspaceId", n."id", m."id", CASE WHEN m."toNodeId" = n."id" THEN m."amount" ELSE -m."amount" END,
       coalesce((SELECT e."equity" FROM "EquityPoint" e JOIN "Agent" a ON a."id" = e."agentId" WHERE a."nodeId" = n."id" AND e."at" < m."at" ORDER BY e."at" DESC LIMIT 1),
                (SELECT sum(CASE WHEN b."toNodeId" = n."id" THEN b."amount" ELSE -b."amount" END) FROM "Movement" b
                  WHERE (b."toNodeId" = n."id" OR b."fromNodeId" = n."id") AND (b."at", b."id") < (m."at", m."id")), 0), m."at"
  FROM "Movement" m JOIN "WalletNode" n ON n."id" IN (m."fromNodeId", m."toNodeId")
 WHERE n."kind" <> 'treasury' OR m."kind" IN ('deposit', 'withdraw');

INSERT INTO "NodePlace" ("nodeId", "since", "parentId", "workspaceId") SELECT "id", '1970-01-01T00:00:00Z', "parentId", "workspaceId" FROM "WalletNode";
