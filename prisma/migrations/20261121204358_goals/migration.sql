-- CreateTable
CREATE TABLE "Goal" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "nodeId" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "unit" TEXT NOT NULL,
    "target" DECIMAL(38,18) NOT NULL,
    "userTarget" DECIMAL(38,18) NOT NULL,
    "period" TEXT,
    "deadline" TIMESTAMPTZ(3),
    "priority" INTEGER NOT NULL,
    "onAchieved" JSONB NOT NULL,
    "trim" BOOLEAN NOT NULL,
    "adaptive" BOOLEAN NOT NULL,
    "mayApply" BOOLEAN NOT NULL,
    "status" TEXT NOT NULL,
    "statusReason" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "sentence" TEXT,
    "startAt" TIMESTAMPTZ(3),
    "startEquity" DECIMAL(38,18),
    "state" JSONB,
    "measure" JSONB,
    "odds" JSONB,
    "volatility" DOUBLE PRECISION,
    "checkedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,

    CONSTRAINT "Goal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GoalCheck" (
    "goalId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "workspaceId" UUID NOT NULL,
    "value" DECIMAL(38,18),
    "done" DOUBLE PRECISION NOT NULL,
    "probability" DOUBLE PRECISION,

    CONSTRAINT "GoalCheck_pkey" PRIMARY KEY ("goalId","at")
);

-- CreateTable
CREATE TABLE "GoalChange" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "goalId" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "from" DECIMAL(38,18) NOT NULL,
    "to" DECIMAL(38,18) NOT NULL,
    "why" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "undoneAt" TIMESTAMPTZ(3),

    CONSTRAINT "GoalChange_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GoalAchievement" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "goalId" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "periodStart" TIMESTAMPTZ(3),
    "at" TIMESTAMPTZ(3) NOT NULL,
    "rule" JSONB NOT NULL,
    "profit" DECIMAL(38,18) NOT NULL,
    "due" DECIMAL(38,18) NOT NULL,
    "collected" DECIMAL(38,18) NOT NULL DEFAULT 0,
    "moves" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "note" TEXT,
    "doneAt" TIMESTAMPTZ(3),

    CONSTRAINT "GoalAchievement_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GoalProposal" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "nodeId" UUID NOT NULL,
    "openKey" TEXT,
    "body" JSONB NOT NULL,
    "why" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "actor" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "decidedAt" TIMESTAMPTZ(3),

    CONSTRAINT "GoalProposal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GoalBudget" (
    "agentId" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "gauges" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "GoalBudget_pkey" PRIMARY KEY ("agentId")
);

-- CreateIndex
CREATE INDEX "Goal_workspaceId_status_idx" ON "Goal"("workspaceId", "status");

-- CreateIndex
CREATE INDEX "Goal_nodeId_idx" ON "Goal"("nodeId");

-- CreateIndex
CREATE INDEX "GoalCheck_workspaceId_idx" ON "GoalCheck"("workspaceId");

-- CreateIndex
CREATE INDEX "GoalChange_goalId_at_idx" ON "GoalChange"("goalId", "at");

-- CreateIndex
CREATE INDEX "GoalChange_workspaceId_idx" ON "GoalChange"("workspaceId");

-- CreateIndex
CREATE INDEX "GoalAchievement_workspaceId_status_idx" ON "GoalAchievement"("workspaceId", "status");

-- CreateIndex
CREATE INDEX "GoalAchievement_goalId_at_idx" ON "GoalAchievement"("goalId", "at");

-- CreateIndex
CREATE UNIQUE INDEX "GoalProposal_openKey_key" ON "GoalProposal"("openKey");

-- CreateIndex
CREATE INDEX "GoalProposal_workspaceId_at_idx" ON "GoalProposal"("workspaceId", "at");

-- CreateIndex
CREATE INDEX "GoalBudget_workspaceId_idx" ON "GoalBudget"("workspaceId");
