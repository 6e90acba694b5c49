-- AlterTable
ALTER TABLE "Backtest" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "Workspace" ADD COLUMN     "backtestAt" TIMESTAMPTZ(6);
