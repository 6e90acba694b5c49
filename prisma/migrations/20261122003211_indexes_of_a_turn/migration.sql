-- DropIndex
DROP INDEX "EngineRun_status_idx";

-- CreateIndex
CREATE INDEX "EngineRun_status_id_idx" ON "EngineRun"("status", "id");

-- CreateIndex
CREATE INDEX "LedgerAccount_nodeId_idx" ON "LedgerAccount"("nodeId");

-- CreateIndex
CREATE INDEX "LedgerTransaction_workspaceId_kind_at_idx" ON "LedgerTransaction"("workspaceId", "kind", "at");

-- CreateIndex
CREATE INDEX "Order_workspaceId_at_idx" ON "Order"("workspaceId", "at");
