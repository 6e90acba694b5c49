-- DropIndex
DROP INDEX "User_address_key";

-- AlterTable
ALTER TABLE "User" ADD COLUMN     "chainId" INTEGER NOT NULL DEFAULT 1;

-- CreateIndex
CREATE UNIQUE INDEX "User_address_chainId_key" ON "User"("address", "chainId");
