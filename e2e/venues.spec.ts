import { expect, type Page } from "@playwright/test";
import { consoleErrors } from "./fixtures/console-errors";
import { signInWithWallet } from "./fixtures/sign-in";
import { playVenue } from "./fixtures/venue";
import { test } from "./fixtures/wallet";

const source = (page: Page, symbol: string) => page.getByRole("region", { name: symbol });

async function choose(page: Page, symbol: string, label: string) {
  await source(page, symbol).getByLabel(`Source of ${symbol}`).selectOption({ label });
  await source(page, symbol).getByRole("button", { name: "Use this source" }).click();
  await expect(source(page, symbol)).toContainText(`Paper orders fill against ${label}`);
}

async function decideWith(page: Page, name: string, symbol: string) {
  await page.goto("/agents/new");
  await page.getByLabel("Name").fill(name);
  await page.getByRole("checkbox", { name: new RegExp(symbol) }).check({ force: true });
  await page.getByRole("button", { name: "Create agent" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await expect(page.getByTestId("agent-status")).toHaveText("Running", { timeout: 30_000 });
  await page.getByRole("button", { name: "Decide now" }).click();
  await page.getByTestId("decisions").getByRole("link").first().click({ timeout: 30_000 });
}

test("a venue is chosen on the Connections page: decisions are made on its prices, and refused with a reason when it stops", async ({
  page,
  wallet: _wallet,
}) => {
  const venue = await playVenue();
  const complaints = consoleErrors(page);
  try {
    await signInWithWallet(page);

    await test.step("the source and its price change, and stay fresh", async () => {
      await page.goto("/connections");
      const btc = source(page, "BTC/USDT");
      await expect(btc.getByText("Simulated", { exact: true })).toBeVisible();
      await btc.getByLabel("Source of BTC/USDT").selectOption({ label: "Binance public data" });
      await btc.getByRole("button", { name: "Test connection" }).click();
      await expect(btc.getByRole("status").filter({ hasText: "Test passed" })).toContainText(/Last price\s*9\d{4}\.\d/);
      await choose(page, "BTC/USDT", "Binance public data");
      await expect(btc.getByText("Live", { exact: true })).toBeVisible({ timeout: 20_000 });
      await expect(btc.locator(".sub")).toContainText(/last price 9\d{4}\.\d/);
      await expect(source(page, "ETH/USDT").getByText("Simulated", { exact: true })).toBeVisible();
    });

    await test.step("a decision says whose prices it was made on", async () => {
      await decideWith(page, "Binance Watcher", "BTC/USDT");
      await expect(page.getByText("Binance public data").first()).toBeVisible();
    });

    await test.step("the source of a symbol that an agent trades is not changed under it", async () => {
      await page.goto("/connections");
      const btc = source(page, "BTC/USDT");
      await btc.getByLabel("Source of BTC/USDT").selectOption("installation");
      await btc.getByRole("button", { name: "Use this source" }).click();
      await expect(btc.getByRole("alert")).toContainText("Binance Watcher trades or holds BTC/USDT");
    });

    await test.step("a venue whose trading has stopped: no decision, and the age of its last price is the reason", async () => {
      venue.market.frozenFrom = Date.now() - 10 * 60_000;
      await page.goto("/connections");
      await choose(page, "ETH/USDT", "Binance public data");
      const eth = source(page, "ETH/USDT");
      await eth.getByRole("button", { name: "Test connection" }).click();
      await expect(eth.getByRole("status").filter({ hasText: "Test failed" })).toContainText(/Binance sent its last price \d+ min ago for ETH\/USDT/);
      await decideWith(page, "Ether Watcher", "ETH/USDT");
      await expect(
        page.getByText(/Binance sent its last price \d+ min ago for ETH\/USDT; nothing older than 3 min is decided on/).first(),
      ).toBeVisible();
    });

    await test.step("the System page names the venue, its state and since when", async () => {
      await page.goto("/system");
      const row = page.getByRole("row").filter({ hasText: "Binance public data" });
      await expect(row).toContainText("Degraded");
      await expect(row).toContainText(/sent its last price \d+ min ago for ETH\/USDT/);
      await expect(row.getByRole("time").or(row.locator("time"))).toBeVisible();
    });

    await test.step("a venue that is gone is shown as such", async () => {
      await venue.stop();
      await page.goto("/connections");
      await expect(source(page, "BTC/USDT").getByText("Reconnecting", { exact: true })).toBeVisible({ timeout: 20_000 });
    });
    expect(complaints).toEqual([]);
  } finally {
    await venue.stop();
  }
});
