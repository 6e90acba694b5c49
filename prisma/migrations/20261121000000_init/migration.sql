-- CreateTable
CREATE TABLE "User" (
    "id" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "sessionVersion" INTEGER NOT NULL DEFAULT 1,
    "isDemo" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Workspace" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "tradingState" TEXT NOT NULL DEFAULT 'active',
    "tradingReason" TEXT,
    "limits" JSONB NOT NULL,
    "dailyModelCap" DECIMAL(38,18) NOT NULL,
    "baseCurrency" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Workspace_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Member" (
    "workspaceId" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "role" TEXT NOT NULL,

    CONSTRAINT "Member_pkey" PRIMARY KEY ("workspaceId","userId")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "revokedAt" TIMESTAMPTZ(3),
    "userAgent" TEXT,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SignInNonce" (
    "nonce" TEXT NOT NULL,
    "binding" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "SignInNonce_pkey" PRIMARY KEY ("nonce")
);

-- CreateTable
CREATE TABLE "ApiKey" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "createdBy" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "secretHash" TEXT NOT NULL,
    "scopes" TEXT[],
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "revokedAt" TIMESTAMPTZ(3),
    "lastUsedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ApiKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Secret" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "keyId" TEXT NOT NULL,
    "wrappedKey" BYTEA NOT NULL,
    "iv" BYTEA NOT NULL,
    "ciphertext" BYTEA NOT NULL,
    "tag" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Secret_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT,
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AuditEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WalletNode" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "parentId" UUID,
    "kind" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "WalletNode_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LedgerAccount" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "nodeId" UUID,
    "kind" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "mayBeNegative" BOOLEAN NOT NULL,
    "balance" DECIMAL(38,18) NOT NULL DEFAULT 0,

    CONSTRAINT "LedgerAccount_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LedgerTransaction" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "orderId" UUID,
    "turnId" UUID,
    "note" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "LedgerTransaction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Posting" (
    "transactionId" UUID NOT NULL,
    "leg" INTEGER NOT NULL,
    "accountId" UUID NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "Posting_pkey" PRIMARY KEY ("transactionId","leg")
);

-- CreateTable
CREATE TABLE "Agent" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "nodeId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "statusReason" TEXT,
    "tradingState" TEXT NOT NULL DEFAULT 'active',
    "config" JSONB NOT NULL,
    "configVersion" INTEGER NOT NULL DEFAULT 1,
    "triggerKind" TEXT NOT NULL,
    "intervalMs" INTEGER,
    "baseCurrency" TEXT NOT NULL,
    "lastTickAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "archivedAt" TIMESTAMPTZ(3),
    "benchmark" JSONB,

    CONSTRAINT "Agent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AgentVersion" (
    "agentId" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "config" JSONB NOT NULL,
    "actor" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AgentVersion_pkey" PRIMARY KEY ("agentId","version")
);

-- CreateTable
CREATE TABLE "TickGap" (
    "id" UUID NOT NULL,
    "agentId" UUID NOT NULL,
    "fromTick" TIMESTAMPTZ(3) NOT NULL,
    "toTick" TIMESTAMPTZ(3) NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "TickGap_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Turn" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "agentId" UUID NOT NULL,
    "tickId" TEXT NOT NULL,
    "trigger" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "phase" TEXT NOT NULL,
    "reason" TEXT,
    "configVersion" INTEGER NOT NULL,
    "build" TEXT NOT NULL,
    "leaseOwner" TEXT,
    "leaseUntil" TIMESTAMPTZ(3),
    "fence" INTEGER NOT NULL DEFAULT 0,
    "inputsHash" TEXT,
    "contextHash" TEXT,
    "promptHash" TEXT,
    "responseHash" TEXT,
    "decisionHash" TEXT,
    "verdictHash" TEXT,
    "intentsHash" TEXT,
    "recordHash" TEXT,
    "action" TEXT,
    "symbol" TEXT,
    "askedQuantity" DECIMAL(38,18),
    "allowedQuantity" DECIMAL(38,18),
    "outcome" TEXT,
    "summary" TEXT,
    "modelCost" DECIMAL(38,18) NOT NULL DEFAULT 0,
    "timings" JSONB NOT NULL,
    "settleAt" TIMESTAMPTZ(3),
    "equityBefore" DECIMAL(38,18),
    "realisedPnl" DECIMAL(38,18),
    "markPnl" DECIMAL(38,18),
    "feesPaid" DECIMAL(38,18),
    "netPnl" DECIMAL(38,18),
    "holdPnl" DECIMAL(38,18),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settledAt" TIMESTAMPTZ(3),

    CONSTRAINT "Turn_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Blob" (
    "hash" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "size" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Blob_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "EquityPoint" (
    "agentId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "equity" DECIMAL(38,18) NOT NULL,
    "hold" DECIMAL(38,18) NOT NULL,
    "cash" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "EquityPoint_pkey" PRIMARY KEY ("agentId","at")
);

-- CreateTable
CREATE TABLE "Order" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "agentId" UUID NOT NULL,
    "turnId" UUID,
    "leg" INTEGER NOT NULL DEFAULT 0,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "symbol" TEXT NOT NULL,
    "side" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "quantity" DECIMAL(38,18) NOT NULL,
    "limitPrice" DECIMAL(38,18),
    "reduceOnly" BOOLEAN NOT NULL,
    "expiresAt" TIMESTAMPTZ(3),
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "filledQuantity" DECIMAL(38,18) NOT NULL DEFAULT 0,
    "filledNotional" DECIMAL(38,18) NOT NULL DEFAULT 0,
    "heldCurrency" TEXT,
    "heldAmount" DECIMAL(38,18) NOT NULL DEFAULT 0,
    "sentAt" TIMESTAMPTZ(3),
    "at" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Order_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Fill" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "agentId" UUID NOT NULL,
    "orderId" UUID NOT NULL,
    "executionId" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "symbol" TEXT NOT NULL,
    "side" TEXT NOT NULL,
    "quantity" DECIMAL(38,18) NOT NULL,
    "price" DECIMAL(38,18) NOT NULL,
    "fee" DECIMAL(38,18) NOT NULL,
    "liquidity" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "transactionId" UUID NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Fill_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Position" (
    "agentId" UUID NOT NULL,
    "symbol" TEXT NOT NULL,
    "quantity" DECIMAL(38,18) NOT NULL,
    "averageEntry" DECIMAL(38,18) NOT NULL,
    "realisedPnl" DECIMAL(38,18) NOT NULL DEFAULT 0,
    "feesPaid" DECIMAL(38,18) NOT NULL DEFAULT 0,

    CONSTRAINT "Position_pkey" PRIMARY KEY ("agentId","symbol")
);

-- CreateTable
CREATE TABLE "PaperAccount" (
    "id" TEXT NOT NULL,
    "state" JSONB NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PaperAccount_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PaperOrder" (
    "account" TEXT NOT NULL,
    "clientOrderId" TEXT NOT NULL,
    "placement" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PaperOrder_pkey" PRIMARY KEY ("account","clientOrderId","placement")
);

-- CreateTable
CREATE TABLE "PaperExecution" (
    "account" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "clientOrderId" TEXT NOT NULL,
    "body" JSONB NOT NULL,

    CONSTRAINT "PaperExecution_pkey" PRIMARY KEY ("account","sequence")
);

-- CreateTable
CREATE TABLE "ModelCall" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "agentId" UUID,
    "key" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "status" TEXT NOT NULL,
    "reserved" DECIMAL(38,18) NOT NULL,
    "settled" DECIMAL(38,18),
    "inputTokens" INTEGER,
    "outputTokens" INTEGER,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ModelCall_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ModelBudget" (
    "workspaceId" UUID NOT NULL,
    "scopeId" UUID NOT NULL,
    "day" DATE NOT NULL,
    "cap" DECIMAL(38,18) NOT NULL,
    "settled" DECIMAL(38,18) NOT NULL DEFAULT 0,
    "reserved" DECIMAL(38,18) NOT NULL DEFAULT 0,

    CONSTRAINT "ModelBudget_pkey" PRIMARY KEY ("scopeId","day")
);

-- CreateTable
CREATE TABLE "Event" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "seq" BIGINT,
    "type" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "EventCursor" (
    "workspaceId" UUID NOT NULL,
    "lastSeq" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "EventCursor_pkey" PRIMARY KEY ("workspaceId")
);

-- CreateTable
CREATE TABLE "Lease" (
    "name" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "fence" INTEGER NOT NULL DEFAULT 1,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Lease_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "EngineEvent" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "receivedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "EngineEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "EngineRun" (
    "id" UUID NOT NULL,
    "functionId" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "event" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "steps" JSONB NOT NULL,
    "stack" JSONB NOT NULL,
    "output" JSONB,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "EngineRun_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "EngineJob" (
    "id" UUID NOT NULL,
    "runId" UUID NOT NULL,
    "functionId" TEXT NOT NULL,
    "stepId" TEXT NOT NULL,
    "dueAt" TIMESTAMPTZ(3) NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "leaseOwner" TEXT,
    "leaseUntil" TIMESTAMPTZ(3),
    "concurrency" TEXT[],

    CONSTRAINT "EngineJob_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "EngineWait" (
    "id" UUID NOT NULL,
    "runId" UUID NOT NULL,
    "stepId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "EngineWait_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "EngineCron" (
    "key" TEXT NOT NULL,
    "lastAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "EngineCron_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "EngineKey" (
    "key" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "EngineKey_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "Setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,

    CONSTRAINT "Setting_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "User_address_key" ON "User"("address");

-- CreateIndex
CREATE INDEX "Member_userId_idx" ON "Member"("userId");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");

-- CreateIndex
CREATE INDEX "SignInNonce_expiresAt_idx" ON "SignInNonce"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "ApiKey_secretHash_key" ON "ApiKey"("secretHash");

-- CreateIndex
CREATE INDEX "ApiKey_workspaceId_idx" ON "ApiKey"("workspaceId");

-- CreateIndex
CREATE UNIQUE INDEX "Secret_workspaceId_kind_key" ON "Secret"("workspaceId", "kind");

-- CreateIndex
CREATE INDEX "AuditEntry_workspaceId_at_idx" ON "AuditEntry"("workspaceId", "at");

-- CreateIndex
CREATE INDEX "WalletNode_workspaceId_idx" ON "WalletNode"("workspaceId");

-- CreateIndex
CREATE INDEX "WalletNode_parentId_idx" ON "WalletNode"("parentId");

-- CreateIndex
CREATE INDEX "LedgerAccount_workspaceId_nodeId_idx" ON "LedgerAccount"("workspaceId", "nodeId");

-- CreateIndex
CREATE INDEX "LedgerTransaction_workspaceId_at_idx" ON "LedgerTransaction"("workspaceId", "at");

-- CreateIndex
CREATE INDEX "LedgerTransaction_orderId_idx" ON "LedgerTransaction"("orderId");

-- CreateIndex
CREATE INDEX "LedgerTransaction_turnId_idx" ON "LedgerTransaction"("turnId");

-- CreateIndex
CREATE UNIQUE INDEX "LedgerTransaction_workspaceId_key_key" ON "LedgerTransaction"("workspaceId", "key");

-- CreateIndex
CREATE INDEX "Posting_accountId_idx" ON "Posting"("accountId");

-- CreateIndex
CREATE UNIQUE INDEX "Agent_nodeId_key" ON "Agent"("nodeId");

-- CreateIndex
CREATE INDEX "Agent_workspaceId_status_idx" ON "Agent"("workspaceId", "status");

-- CreateIndex
CREATE INDEX "Agent_status_triggerKind_idx" ON "Agent"("status", "triggerKind");

-- CreateIndex
CREATE UNIQUE INDEX "TickGap_agentId_fromTick_key" ON "TickGap"("agentId", "fromTick");

-- CreateIndex
CREATE INDEX "Turn_agentId_at_idx" ON "Turn"("agentId", "at");

-- CreateIndex
CREATE INDEX "Turn_workspaceId_at_idx" ON "Turn"("workspaceId", "at");

-- CreateIndex
CREATE INDEX "Turn_phase_settleAt_idx" ON "Turn"("phase", "settleAt");

-- CreateIndex
CREATE UNIQUE INDEX "Turn_agentId_tickId_key" ON "Turn"("agentId", "tickId");

-- CreateIndex
CREATE INDEX "Order_agentId_at_idx" ON "Order"("agentId", "at");

-- CreateIndex
CREATE INDEX "Order_agentId_status_idx" ON "Order"("agentId", "status");

-- CreateIndex
CREATE INDEX "Order_turnId_idx" ON "Order"("turnId");

-- CreateIndex
CREATE INDEX "Fill_orderId_idx" ON "Fill"("orderId");

-- CreateIndex
CREATE INDEX "Fill_agentId_at_idx" ON "Fill"("agentId", "at");

-- CreateIndex
CREATE UNIQUE INDEX "Fill_agentId_sequence_key" ON "Fill"("agentId", "sequence");

-- CreateIndex
CREATE INDEX "ModelCall_workspaceId_day_idx" ON "ModelCall"("workspaceId", "day");

-- CreateIndex
CREATE INDEX "ModelCall_agentId_day_idx" ON "ModelCall"("agentId", "day");

-- CreateIndex
CREATE UNIQUE INDEX "ModelCall_workspaceId_key_key" ON "ModelCall"("workspaceId", "key");

-- CreateIndex
CREATE INDEX "ModelBudget_workspaceId_day_idx" ON "ModelBudget"("workspaceId", "day");

-- CreateIndex
CREATE INDEX "Event_seq_workspaceId_idx" ON "Event"("seq", "workspaceId");

-- CreateIndex
CREATE UNIQUE INDEX "Event_workspaceId_seq_key" ON "Event"("workspaceId", "seq");

-- CreateIndex
CREATE INDEX "EngineEvent_receivedAt_idx" ON "EngineEvent"("receivedAt");

-- CreateIndex
CREATE INDEX "EngineRun_functionId_startedAt_idx" ON "EngineRun"("functionId", "startedAt");

-- CreateIndex
CREATE INDEX "EngineRun_status_idx" ON "EngineRun"("status");

-- CreateIndex
CREATE INDEX "EngineJob_dueAt_idx" ON "EngineJob"("dueAt");

-- CreateIndex
CREATE INDEX "EngineJob_runId_idx" ON "EngineJob"("runId");

-- CreateIndex
CREATE INDEX "EngineWait_until_idx" ON "EngineWait"("until");

-- AddForeignKey
ALTER TABLE "Member" ADD CONSTRAINT "Member_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Member" ADD CONSTRAINT "Member_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WalletNode" ADD CONSTRAINT "WalletNode_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WalletNode" ADD CONSTRAINT "WalletNode_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "WalletNode"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Posting" ADD CONSTRAINT "Posting_transactionId_fkey" FOREIGN KEY ("transactionId") REFERENCES "LedgerTransaction"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Posting" ADD CONSTRAINT "Posting_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "LedgerAccount"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Agent" ADD CONSTRAINT "Agent_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Agent" ADD CONSTRAINT "Agent_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "WalletNode"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TickGap" ADD CONSTRAINT "TickGap_agentId_fkey" FOREIGN KEY ("agentId") REFERENCES "Agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Turn" ADD CONSTRAINT "Turn_agentId_fkey" FOREIGN KEY ("agentId") REFERENCES "Agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Order" ADD CONSTRAINT "Order_agentId_fkey" FOREIGN KEY ("agentId") REFERENCES "Agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Order" ADD CONSTRAINT "Order_turnId_fkey" FOREIGN KEY ("turnId") REFERENCES "Turn"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Fill" ADD CONSTRAINT "Fill_orderId_fkey" FOREIGN KEY ("orderId") REFERENCES "Order"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Constraints Prisma does not model.
ALTER TABLE "LedgerAccount" ADD CONSTRAINT "LedgerAccount_balance_check" CHECK ("mayBeNegative" OR "balance" >= 0);
ALTER TABLE "Position" ADD CONSTRAINT "Position_quantity_check" CHECK ("quantity" >= 0);
ALTER TABLE "ModelBudget" ADD CONSTRAINT "ModelBudget_amounts_check" CHECK ("reserved" >= 0 AND "settled" >= 0);
ALTER TABLE "Order" ADD CONSTRAINT "Order_quantity_check" CHECK ("quantity" > 0 AND "filledQuantity" >= 0 AND "filledQuantity" <= "quantity");
ALTER TABLE "Fill" ADD CONSTRAINT "Fill_amounts_check" CHECK ("quantity" > 0 AND "price" > 0 AND "fee" >= 0);
