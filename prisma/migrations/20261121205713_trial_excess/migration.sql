-- AlterTable
ALTER TABLE "Trial" ADD COLUMN     "excessPeriods" INTEGER,
ADD COLUMN     "excessSharpe" DOUBLE PRECISION;
