-- AlterTable
ALTER TABLE "GoalAchievement" ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "GoalProposal" ADD COLUMN     "reason" TEXT;
