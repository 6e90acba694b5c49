-- AlterTable
ALTER TABLE "Trial" ADD COLUMN     "key" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "source" TEXT NOT NULL DEFAULT 'backtests';
