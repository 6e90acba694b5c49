-- DropIndex
DROP INDEX "EngineRun_functionId_startedAt_idx";

-- AlterTable
ALTER TABLE "EngineJob" ADD COLUMN     "priority" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "throttle" JSONB;

-- AlterTable
ALTER TABLE "EngineRun" ADD COLUMN     "parentRunId" UUID,
ADD COLUMN     "parentStepId" TEXT,
ADD COLUMN     "queuedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "reason" TEXT,
ADD COLUMN     "replayOf" UUID,
ADD COLUMN     "singletonKey" TEXT,
ADD COLUMN     "workspaceId" UUID,
ALTER COLUMN "startedAt" DROP NOT NULL,
ALTER COLUMN "startedAt" DROP DEFAULT;

-- AlterTable
ALTER TABLE "EngineWait" ADD COLUMN     "eventName" TEXT,
ADD COLUMN     "expression" TEXT,
ALTER COLUMN "until" DROP NOT NULL;

-- CreateTable
CREATE TABLE "EngineStep" (
    "id" UUID NOT NULL,
    "runId" UUID NOT NULL,
    "stepId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "op" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "error" JSONB,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "EngineStep_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "EngineDebounce" (
    "key" TEXT NOT NULL,
    "functionId" TEXT NOT NULL,
    "event" JSONB NOT NULL,
    "firstAt" TIMESTAMPTZ(3) NOT NULL,
    "dueAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "EngineDebounce_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "EngineStart" (
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "EngineStart_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "EngineStep_runId_startedAt_idx" ON "EngineStep"("runId", "startedAt");

-- CreateIndex
CREATE INDEX "EngineDebounce_dueAt_idx" ON "EngineDebounce"("dueAt");

-- CreateIndex
CREATE INDEX "EngineStart_key_at_idx" ON "EngineStart"("key", "at");

-- CreateIndex
CREATE INDEX "EngineRun_functionId_queuedAt_idx" ON "EngineRun"("functionId", "queuedAt");

-- CreateIndex
CREATE INDEX "EngineRun_workspaceId_queuedAt_idx" ON "EngineRun"("workspaceId", "queuedAt");

-- CreateIndex
CREATE INDEX "EngineRun_singletonKey_idx" ON "EngineRun"("singletonKey");

-- CreateIndex
CREATE INDEX "EngineWait_eventName_idx" ON "EngineWait"("eventName");

-- CreateIndex
CREATE INDEX "EngineWait_runId_idx" ON "EngineWait"("runId");

-- Runs from before were queued when they started, as far as is known.
UPDATE "EngineRun" SET "queuedAt" = "startedAt" WHERE "startedAt" IS NOT NULL;
