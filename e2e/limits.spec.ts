import { expect, test } from "@playwright/test";
import { accessibilityFaults } from "./fixtures/accessibility";
import { consoleErrors } from "./fixtures/console-errors";
import { signInAsDemo } from "./fixtures/sign-in";

test("limits and protections are set where they are needed, refused at their field, kept and shown", async ({ page }) => {
  const complaints = consoleErrors(page);
  await signInAsDemo(page);
  await page.goto("/agents/new");

  await test.step("what most agents do without is folded away", async () => {
    await expect(page.getByLabel("Share of one market")).toBeHidden();
    await expect(page.getByText("Exposure not set")).toBeVisible();
  });

  await test.step("a wrong value is refused at its field, also in a folded group", async () => {
    await page.getByLabel("Name").fill("Careful");
    await page.getByRole("checkbox", { name: /BTC\/USDT/ }).check({ force: true });
    await page.getByText("Prices and hours").click();
    await page.getByLabel("Opens positions within").fill("8 to 20");
    await page.getByText("Prices and hours").click();
    await page.getByRole("button", { name: "Create agent" }).click();
    await expect(page.getByLabel("Opens positions within")).toBeVisible();
    await expect(page.getByLabel("Opens positions within")).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByText("must be two times such as 08:00-20:00 (UTC)").first()).toBeVisible();
    await page.getByLabel("Opens positions within").fill("00:00-24:00");
  });

  await test.step("a protection is added, refused at its field, and put right", async () => {
    await page.getByRole("button", { name: "Add stop-loss guard" }).click();
    await page.getByRole("button", { name: "Add cooldown" }).click();
    await page.getByLabel("After so many losing trades").fill("0");
    await page.getByText("Exposure").first().click();
    await page.getByLabel("Share of one market").fill("25");
    await page.getByRole("button", { name: "Create agent" }).click();
    await expect(page.getByLabel("After so many losing trades")).toHaveAttribute("aria-invalid", "true");
    await page.getByLabel("After so many losing trades").fill("3");
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Create agent" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Careful" })).toBeVisible();
  });

  await test.step("the agent's page shows them, and the edit form has them as they were", async () => {
    const limits = page.getByRole("region", { name: "Hard limits" });
    await expect(limits.getByText("Share of one market")).toBeVisible();
    await expect(limits.getByText("stops for 12 h after 3 trades in 1 d that lost more than 0 %")).toBeVisible();
    await page.goto(`${page.url().split("?")[0]}?tab=settings`);
    await page.getByText("Exposure").first().click();
    await expect(page.getByRole("textbox", { name: "Share of one market" })).toHaveValue("25");
    await expect(page.getByLabel("After so many losing trades")).toHaveValue("3");
    await page.getByRole("button", { name: "Remove cooldown" }).click();
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(page.getByText("Saved as version 2.")).toBeVisible();
    await expect(limits.getByText("after each trade of a market")).toBeHidden();
  });

  await test.step("nothing is cut off on a phone", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide).toBeLessThanOrEqual(0);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/limits-390.png`, fullPage: true });
  });
  expect(complaints).toEqual([]);
});
