-- AlterTable
ALTER TABLE "Movement" ADD COLUMN     "counts" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "person" TEXT;

-- CreateIndex
CREATE INDEX "Movement_workspaceId_person_wallAt_idx" ON "Movement"("workspaceId", "person", "wallAt");

-- What was moved before counts, too, as far as nobody else has agreed to it.
UPDATE "Movement" m SET
  "person" = coalesce((SELECT 'user:' || k."createdBy" FROM "ApiKey" k WHERE m."actor" = 'api-key:' || k."id"), m."actor"),
  "counts" = m."status" = 'done' AND m."decidedBy" IS NULL AND m."batchId" IS NULL AND m."undoOf" IS NULL
WHERE m."wallAt" > now() - interval '2 days';
