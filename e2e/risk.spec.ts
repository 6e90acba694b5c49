import { expect, test } from "@playwright/test";
import { signInAsDemo } from "./fixtures/sign-in";

test("the Risk page: figures, a scenario of one's own, a breaker that acts, its alert, its replay and its reset", async ({ page }) => {
  await signInAsDemo(page);
  await expect(page.getByRole("table").getByRole("link", { name: /\w/ }).first()).toBeVisible({ timeout: 60_000 });
  await page.goto("/risk");
  await expect(page.locator(".skel")).toHaveCount(0, { timeout: 30_000 });
  await expect(page.getByText("NaN")).toHaveCount(0);
  for (const name of ["99 %", "1 day", "95 %", "1 hour"]) await page.getByRole("button", { name, exact: true }).click();

  // A breaker that today's volatility breaks: it may only reduce.
  const breakers = page.getByRole("region", { name: "Circuit breakers" });
  await breakers
    .getByRole("button", { name: /^Change the breaker Volatility of / })
    .first()
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Threshold, %").fill("0");
  await dialog.getByRole("button", { name: "Save breaker" }).click();
  await expect(dialog.getByText(/The threshold must be a number from/)).toBeVisible();
  await dialog.getByLabel("Threshold, %").fill("0.1");
  await dialog.getByRole("button", { name: "Save breaker" }).click();
  await expect(dialog).toHaveCount(0);
  await breakers.getByRole("button", { name: "Check now" }).click();
  await expect(breakers.getByText("may only reduce")).toBeVisible();

  const alerts = page.getByRole("region", { name: "Alerts" });
  await expect(alerts.getByText(/^Volatility: /)).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Pages", exact: true }).getByText("alerts to look at")).toBeAttached();
  await alerts.getByRole("button", { name: /^Acknowledge: Volatility/ }).click();
  await expect(alerts.getByText("acknowledged", { exact: true })).toBeVisible();

  const decided = page.getByRole("region", { name: "What breakers decided" });
  await decided
    .getByRole("button", { name: /^Replay/ })
    .first()
    .click();
  await expect(decided.getByText("Identical")).toBeVisible();

  await breakers.getByRole("button", { name: /^Reset and let / }).click();
  await expect(breakers.getByText("may only reduce")).toHaveCount(0);
  await breakers
    .getByRole("button", { name: /^Change the breaker Volatility of / })
    .first()
    .click();
  await page.getByRole("dialog").getByRole("button", { name: "Back to the workspace's" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);

  // What is held is the market's doing: without a position there is nothing to stress.
  const stress = page.getByRole("region", { name: /^Stress/ });
  if ((await stress.count()) === 0) {
    await expect(page.getByText("Nothing is held, so nothing is at risk")).toBeVisible();
    return;
  }
  await stress.getByLabel("Scenario", { exact: true }).fill("A very bad day");
  await stress.getByRole("button", { name: "Add scenario" }).click();
  const remove = stress.getByRole("button", { name: "Remove the scenario A very bad day" });
  await expect(remove).toBeVisible();
  await remove.click();
  await expect(remove).toHaveCount(0);
});
