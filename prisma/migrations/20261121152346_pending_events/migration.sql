-- DropIndex
DROP INDEX "Event_seq_workspaceId_idx";

-- CreateIndex
CREATE INDEX "Event_seq_id_idx" ON "Event"("seq", "id");
