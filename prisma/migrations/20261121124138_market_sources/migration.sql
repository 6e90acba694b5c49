-- CreateTable
CREATE TABLE "MarketSourceChoice" (
    "workspaceId" UUID NOT NULL,
    "symbol" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "changedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "MarketSourceChoice_pkey" PRIMARY KEY ("workspaceId","symbol")
);

-- AddForeignKey
ALTER TABLE "MarketSourceChoice" ADD CONSTRAINT "MarketSourceChoice_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "MarketSourceChoice" ADD CONSTRAINT "MarketSourceChoice_source_check" CHECK ("source" IN ('binance', 'coinbase', 'kraken'));
