import fs from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { accessibilityFaults } from "./fixtures/accessibility";
import { consoleErrors } from "./fixtures/console-errors";
import { signInAsDemo } from "./fixtures/sign-in";

const DAY = 86_400_000;

/** Half a year up to yesterday: short enough for any machine. */
async function period(page: Page) {
  const until = await page.getByLabel("Until, UTC").inputValue();
  const from = new Date(Date.parse(`${until}T00:00:00Z`) - 120 * DAY).toISOString().slice(0, 10);
  await page.getByLabel("From, UTC").fill(from);
}

async function shown(page: Page, heading: RegExp) {
  await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible({ timeout: 90_000 });
  await expect(page.locator(".skel")).toHaveCount(0);
}

test("a backtest, a sweep and a walk-forward run, are compared and saved, and break no rule of accessibility", async ({ page }) => {
  test.setTimeout(300_000);
  const complaints = consoleErrors(page);
  const faults: Record<string, string[]> = {};
  const look = async (name: string) => {
    const found = await accessibilityFaults(page);
    if (found.length > 0) faults[name] = found;
  };
  await signInAsDemo(page);

  const names = ["First of two", "Second of two"];
  for (const name of names) {
    await page.goto("/backtests/new");
    await page.getByLabel("Name").fill(name);
    await period(page);
    if (name === names[1]) await page.getByLabel("Slow EMA, bars").fill("96");
    else await look("the form");
    if (name === names[0]) await expect(page.getByLabel("the workspace's limits too")).toBeChecked();
    else await page.getByLabel("the workspace's limits too").uncheck();
    await page.getByRole("button", { name: "Run the backtest" }).click();
    await shown(page, /^(Made|Lost)/);
  }
  await expect(page.getByRole("region", { name: "Limits" })).toContainText("the agents' own alone");
  await expect(page.getByTestId("monthly").getByRole("row")).not.toHaveCount(0);
  await expect(page.getByTestId("trades").getByRole("row")).not.toHaveCount(0);
  expect(await page.locator("main").textContent()).not.toMatch(/NaN|Infinity|undefined/);
  await look("the tear sheet");
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  const file = JSON.parse(await fs.readFile(await (await saved).path(), "utf8")) as {
    result: { fills: unknown[]; evidence: { returns: unknown[] } };
    trials: unknown[];
  };
  expect(file.result.fills.length).toBeGreaterThan(0);
  expect(file.result.evidence.returns.length).toBe(120 * 24);
  expect(file.trials.length).toBeGreaterThan(0);

  await page.goto("/backtests/new");
  await page.getByText("Sweep", { exact: true }).click();
  await period(page);
  await page.getByRole("button", { name: "Vary a parameter" }).click();
  await page.getByRole("button", { name: "Vary a parameter" }).click();
  await page.getByText("Array engine").click();
  await page.getByRole("button", { name: "Run the sweep" }).click();
  await shown(page, /^Of \d+ settings/);
  await page.getByTestId("heat-map").getByRole("button").first().click();
  await expect(page.getByRole("heading", { name: "Chosen setting" })).toBeVisible();
  await expect(page.getByTestId("overfitting")).toHaveText(/^\d+ %$/);
  await look("the heat map");

  await page.goto("/backtests/new");
  await page.getByText("Walk-forward", { exact: true }).click();
  await period(page);
  await page.getByRole("button", { name: "Vary a parameter" }).click();
  await page.getByRole("button", { name: "Run the walk-forward" }).click();
  await shown(page, /out of sample in \d+ windows?/);
  await expect(page.getByTestId("windows").getByRole("row")).not.toHaveCount(1);
  await look("the walk-forward");

  await page.goto("/backtests");
  for (const name of names) await page.getByLabel(`Compare ${name}`).check();
  await look("the list");
  await page.getByRole("link", { name: "Compare" }).click();
  await expect(page.getByTestId("compared")).toBeVisible();
  await expect(page.getByText("percentage points apart")).toBeVisible();
  await look("the comparison");

  expect(faults).toEqual({});
  expect(complaints).toEqual([]);
});

test("what cannot be tested is said beside the field, and nothing is started", async ({ page }) => {
  await signInAsDemo(page);
  await page.goto("/backtests/new");
  await period(page);
  await page.getByLabel("Capital").fill("0");
  await page.getByRole("button", { name: "Run the backtest" }).click();
  await expect(page.getByText("must lie between 1 and 1000000000000").first()).toBeVisible();
  await page.getByLabel("Capital").fill("1000");
  await page.getByLabel("Fast EMA, bars").fill("fast");
  await page.getByRole("button", { name: "Run the backtest" }).click();
  await expect(page.getByText(/Fast EMA, bars must be|expected number/i).first()).toBeVisible();
  await expect(page).toHaveURL(/\/backtests\/new$/);
});
