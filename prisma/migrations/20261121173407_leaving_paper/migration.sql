-- AlterTable
ALTER TABLE "Workspace" ADD COLUMN     "gate" JSONB;

-- CreateTable
CREATE TABLE "LiveRequest" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "agentId" UUID NOT NULL,
    "configVersion" INTEGER NOT NULL,
    "outcome" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "figures" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "LiveRequest_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "LiveRequest_workspaceId_idx" ON "LiveRequest"("workspaceId");

-- CreateIndex
CREATE INDEX "LiveRequest_agentId_at_idx" ON "LiveRequest"("agentId", "at");
