-- AlterTable
ALTER TABLE "WalletNode" ADD COLUMN     "limits" JSONB,
ADD COLUMN     "tradingState" TEXT NOT NULL DEFAULT 'active';
