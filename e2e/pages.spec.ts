import { expect, test } from "@playwright/test";
import { consoleErrors } from "./fixtures/console-errors";
import { signInAsDemo } from "./fixtures/sign-in";

const TRADING = ["/overview", "/agents", "/agents/new", "/backtests", "/backtests/new", "/risk", "/wallet"];
const PAGES = [...TRADING, "/models", "/connections", "/api-keys", "/members", "/audit", "/settings", "/runs", "/system"];

for (const width of [390, 1440]) {
  test(`every page fits ${width} px, has one h1 and no error`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    const complaints = consoleErrors(page);
    await signInAsDemo(page);
    // The demo's agents appear when its two weeks are imported.
    const agent = page.getByRole("table").getByRole("link", { name: /\w/ }).first();
    await expect(agent).toBeVisible({ timeout: 60_000 });
    const address = (await agent.getAttribute("href")) ?? "";
    const paths = [...PAGES, address, `${address}?tab=evidence`];
    for (const path of ["/", ...paths]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
      await expect(page.getByRole("alert").filter({ hasText: /could not/ })).toHaveCount(0);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(width);
    }
    expect(complaints).toEqual([]);
  });
}

test("a page that does not exist says so", async ({ page }) => {
  const answer = await page.goto("/nothing-here");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});
