-- CreateTable
CREATE TABLE "BreakerSettings" (
    "workspaceId" UUID NOT NULL,
    "settings" JSONB NOT NULL,
    "changedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "BreakerSettings_pkey" PRIMARY KEY ("workspaceId")
);

-- CreateTable
CREATE TABLE "BreakerMark" (
    "workspaceId" UUID NOT NULL,
    "subjectId" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "step" TEXT,
    "actedAt" TIMESTAMPTZ(3),
    "resetAt" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "BreakerMark_pkey" PRIMARY KEY ("subjectId","kind")
);

-- CreateTable
CREATE TABLE "ProfitHigh" (
    "workspaceId" UUID NOT NULL,
    "subjectId" UUID NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "profit" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "ProfitHigh_pkey" PRIMARY KEY ("subjectId","hour")
);

-- CreateTable
CREATE TABLE "BreakerDecision" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "agentId" UUID,
    "kind" TEXT NOT NULL,
    "steps" TEXT[],
    "reason" TEXT NOT NULL,
    "inputs" JSONB NOT NULL,
    "answers" JSONB NOT NULL,
    "build" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'planned',
    "error" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "decidedAt" TIMESTAMPTZ(3) NOT NULL,
    "doneAt" TIMESTAMPTZ(3),

    CONSTRAINT "BreakerDecision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Alert" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "agentId" UUID,
    "openKey" TEXT,
    "kind" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "figures" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "raisedAt" TIMESTAMPTZ(3) NOT NULL,
    "acknowledgedAt" TIMESTAMPTZ(3),
    "acknowledgedBy" TEXT,
    "resolvedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Alert_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StressScenario" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "shock" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "StressScenario_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Veto" (
    "turnId" UUID NOT NULL,
    "leg" INTEGER NOT NULL,
    "workspaceId" UUID NOT NULL,
    "agentId" UUID NOT NULL,
    "rule" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "symbol" TEXT NOT NULL,
    "side" TEXT NOT NULL,
    "askedQuantity" DECIMAL(38,18) NOT NULL,
    "allowedQuantity" DECIMAL(38,18) NOT NULL,
    "vetoedQuantity" DECIMAL(38,18) NOT NULL,
    "entryPrice" DECIMAL(38,18),
    "entryAt" TIMESTAMPTZ(3),
    "settlePrice" DECIMAL(38,18),
    "fee" DECIMAL(38,18) NOT NULL,
    "saved" DECIMAL(38,18) NOT NULL,
    "note" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "settleAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Veto_pkey" PRIMARY KEY ("turnId","leg")
);

-- CreateTable
CREATE TABLE "VetoDue" (
    "turnId" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,

    CONSTRAINT "VetoDue_pkey" PRIMARY KEY ("turnId")
);

-- CreateIndex
CREATE INDEX "BreakerMark_workspaceId_idx" ON "BreakerMark"("workspaceId");

-- CreateIndex
CREATE INDEX "ProfitHigh_workspaceId_idx" ON "ProfitHigh"("workspaceId");

-- CreateIndex
CREATE INDEX "ProfitHigh_hour_idx" ON "ProfitHigh"("hour");

-- CreateIndex
CREATE INDEX "BreakerDecision_workspaceId_at_idx" ON "BreakerDecision"("workspaceId", "at");

-- CreateIndex
CREATE INDEX "BreakerDecision_status_decidedAt_idx" ON "BreakerDecision"("status", "decidedAt");

-- CreateIndex
CREATE INDEX "Alert_workspaceId_raisedAt_idx" ON "Alert"("workspaceId", "raisedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Alert_workspaceId_openKey_key" ON "Alert"("workspaceId", "openKey");

-- CreateIndex
CREATE UNIQUE INDEX "StressScenario_workspaceId_name_key" ON "StressScenario"("workspaceId", "name");

-- CreateIndex
CREATE INDEX "Veto_workspaceId_at_idx" ON "Veto"("workspaceId", "at");

-- CreateIndex
CREATE INDEX "Veto_agentId_at_idx" ON "Veto"("agentId", "at");

-- What was denied or reduced before this table existed is measured too: its records are there.
INSERT INTO "VetoDue" ("turnId", "workspaceId")
SELECT "id", "workspaceId" FROM "Turn" WHERE "phase" = 'settled' AND "outcome" IN ('deny', 'reduce');
