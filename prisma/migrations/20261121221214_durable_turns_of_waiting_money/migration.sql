-- DropIndex
DROP INDEX "RebalancePlan_schedule_idx";

-- AlterTable
ALTER TABLE "Movement" ADD COLUMN     "triedAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "Rebalance" ADD COLUMN     "triedAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "VenueTransfer" ADD COLUMN     "triedAt" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "Movement_waitsFor_triedAt_idx" ON "Movement"("waitsFor", "triedAt");

-- CreateIndex
CREATE INDEX "RebalancePlan_schedule_lastAt_idx" ON "RebalancePlan"("schedule", "lastAt");
