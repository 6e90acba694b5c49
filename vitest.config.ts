import path from "node:path";
import { defineConfig } from "vitest/config";

const alias = { "@": path.resolve(import.meta.dirname) };
const common = { pool: "forks" as const, isolate: false, testTimeout: 20_000, hookTimeout: 60_000, passWithNoTests: true };
// A sweep killed again and again takes the better part of a minute: `npm run soak` says how often.
const soak = [
  ...(process.env.BACKTEST_KILLS ? [] : ["**/backtest-killed.int.test.ts"]),
  ...(process.env.WALLET_KILLS ? [] : ["**/rebalance-killed.int.test.ts"]),
];
const skip = ["node_modules/**", ".next/**", "dist/**", ".verify/**", "e2e/**"];

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      { resolve: { alias }, test: { name: "unit", include: ["**/*.test.{ts,tsx}"], exclude: [...skip, "**/*.int.test.ts"], ...common } },
      {
        resolve: { alias },
        test: { name: "integration", include: ["**/*.int.test.ts"], exclude: [...skip, ...soak], ...common, testTimeout: 60_000, maxWorkers: 2 },
      },
    ],
  },
});
