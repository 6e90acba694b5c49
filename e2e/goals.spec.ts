import { expect, test } from "@playwright/test";
import { accessibilityFaults } from "./fixtures/accessibility";
import { signInAsDemo } from "./fixtures/sign-in";

test("a goal by sentence: one question, a confirmation, progress; paused, and one by form", async ({ page }) => {
  await signInAsDemo(page);
  await expect(page.getByRole("table").getByRole("link", { name: /\w/ }).first()).toBeVisible({ timeout: 60_000 });
  await page.getByRole("navigation", { name: "Pages", exact: true }).getByRole("link", { name: "Goals" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Goals" })).toBeVisible();
  await expect(page.locator(".skel")).toHaveCount(0, { timeout: 30_000 });

  // What is open is asked, not guessed.
  const sentence = page.getByLabel("What should be reached?");
  await sentence.fill("make 50 this month");
  await sentence.press("Enter");
  const unit = page.getByRole("group", { name: /^Is it 50 %, or 50 / });
  await expect(unit).toBeVisible();
  await unit.getByRole("button", { name: "50 %" }).click();
  await expect(page.getByRole("group", { name: "For which agent or wallet?" })).toBeVisible();

  await sentence.fill("make 5 % this month without ever losing more than 90 % quickly");
  await page.getByRole("button", { name: "Read it" }).click();
  const whose = page.getByRole("group", { name: "For which agent or wallet?" });
  const choice = whose.getByRole("button").last();
  const name = (await choice.textContent()) ?? "";
  await choice.click();
  const confirm = page.getByRole("region", { name: "Is this what you mean?" });
  await expect(confirm.getByText(/^Profit of 5 % by 20\d\d-/)).toBeVisible();
  await expect(confirm.getByText(/^Drawdown below 90 %/)).toBeVisible();
  await expect(page.getByText("Not understood, and left out: “quickly”.")).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await confirm.getByRole("button", { name: "Confirm these 2 goals" }).click();

  const goal = page.getByRole("article", { name: /^Profit of 5 % by/ });
  await expect(goal).toBeVisible();
  await expect(goal.getByRole("meter")).toHaveAttribute("aria-valuetext", /of 5\.00/);
  await expect(goal.getByText(name, { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(goal.getByText(/to be reached in time|Too little record|no money at work/)).toBeVisible();
  await goal.getByRole("button", { name: "Forecast and history" }).click();
  await expect(goal.getByText("Its threshold has not been changed.")).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await expect(page.getByText("NaN")).toHaveCount(0);
  await goal.getByRole("button", { name: /^Pause/ }).click();
  await expect(goal.getByText("Paused", { exact: true })).toBeVisible();

  // What cannot be is refused with its numbers, before anything is written.
  await page.getByRole("button", { name: "Form", exact: true }).click();
  await page.getByLabel("Kind").selectOption("drawdown");
  await page.getByLabel("Target").fill("120");
  await page.getByRole("button", { name: "Look at it" }).click();
  await expect(page.getByText(/cannot be above 100 %; 120 % was asked for/)).toBeVisible();
  await page.getByRole("button", { name: "Start over" }).click();
  await page.getByLabel("Kind").selectOption("income");
  await page.getByLabel("Target").fill("25");
  await page.getByRole("button", { name: "Look at it" }).click();
  await page.getByRole("button", { name: "Confirm this goal" }).click();
  await expect(page.getByRole("article", { name: /^Income of 25 .* a week/ })).toBeVisible();

  // On a phone nothing scrolls sideways.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForTimeout(300);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await page.goto("/overview");
  await expect(page.getByRole("region", { name: "Goals" })).toBeVisible({ timeout: 30_000 });
});
