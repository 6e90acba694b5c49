-- AlterTable
ALTER TABLE "EngineJob" ADD COLUMN     "startBy" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "EngineJob_startBy_idx" ON "EngineJob"("startBy");
