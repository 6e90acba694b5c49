-- AlterTable
ALTER TABLE "EngineJob" ADD COLUMN     "rank" TIMESTAMPTZ(3);
UPDATE "EngineJob" SET "rank" = "dueAt" - "priority" * interval '1 second';
ALTER TABLE "EngineJob" ALTER COLUMN "rank" SET NOT NULL;

-- CreateIndex
CREATE INDEX "EngineJob_rank_id_idx" ON "EngineJob"("rank", "id");
