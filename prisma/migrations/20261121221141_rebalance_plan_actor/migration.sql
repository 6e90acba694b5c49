-- AlterTable
ALTER TABLE "Movement" ADD COLUMN     "closes" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "RebalancePlan" ADD COLUMN     "configuredBy" TEXT;
