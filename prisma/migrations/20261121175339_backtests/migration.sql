-- CreateTable
CREATE TABLE "Backtest" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "spec" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "reasonCode" TEXT,
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER NOT NULL DEFAULT 0,
    "trials" INTEGER NOT NULL DEFAULT 0,
    "summary" JSONB,
    "resultHash" TEXT,
    "actor" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "startedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "owner" TEXT,
    "leaseUntil" TIMESTAMPTZ(3),

    CONSTRAINT "Backtest_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BacktestPart" (
    "backtestId" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "size" INTEGER NOT NULL,

    CONSTRAINT "BacktestPart_pkey" PRIMARY KEY ("backtestId","key")
);

-- CreateTable
CREATE TABLE "Trial" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "backtestId" UUID NOT NULL,
    "symbolSet" TEXT NOT NULL,
    "family" TEXT NOT NULL,
    "returns" INTEGER NOT NULL,
    "sharpe" DOUBLE PRECISION,
    "skewness" DOUBLE PRECISION,
    "kurtosis" DOUBLE PRECISION,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Trial_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Backtest_workspaceId_createdAt_idx" ON "Backtest"("workspaceId", "createdAt");

-- CreateIndex
CREATE INDEX "Backtest_status_createdAt_idx" ON "Backtest"("status", "createdAt");

-- CreateIndex
CREATE INDEX "Trial_workspaceId_symbolSet_family_idx" ON "Trial"("workspaceId", "symbolSet", "family");

-- CreateIndex
CREATE INDEX "Trial_backtestId_idx" ON "Trial"("backtestId");

-- AddForeignKey
ALTER TABLE "BacktestPart" ADD CONSTRAINT "BacktestPart_backtestId_fkey" FOREIGN KEY ("backtestId") REFERENCES "Backtest"("id") ON DELETE CASCADE ON UPDATE CASCADE;
