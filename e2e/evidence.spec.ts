import { expect, test } from "@playwright/test";
import { accessibilityFaults } from "./fixtures/accessibility";
import { signInAsDemo } from "./fixtures/sign-in";

test("an agent that has proven nothing is refused with its numbers, and leaves paper only when its name is typed", async ({ page }) => {
  await signInAsDemo(page);
  const agent = page.getByRole("table").getByRole("link", { name: /\w/ }).first();
  await expect(agent).toBeVisible({ timeout: 60_000 });
  await page.goto(`${await agent.getAttribute("href")}?tab=evidence`);
  await expect(page.getByRole("heading", { name: "Can it be luck?" })).toBeVisible();
  const name = (await page.getByRole("heading", { level: 1 }).textContent()) ?? "";
  await expect(page.getByTestId("gate-state")).toHaveText("Not yet");
  await expect(page.getByText(/\d+ of 30/)).toBeVisible();
  // Nothing that could not be computed stands as a figure.
  await expect(page.getByText(/NaN|Infinity|undefined/)).toHaveCount(0);

  await page.getByRole("button", { name: "Ask to leave paper" }).click();
  await page.getByRole("button", { name: "Judge it now" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText(/This agent stays on paper: .*\d+ of 30 trades out of sample/)).toBeVisible();
  const override = dialog.getByRole("button", { name: "Override the gate" });
  await dialog.getByRole("textbox").fill("something else");
  await expect(override).toBeDisabled();
  expect(await accessibilityFaults(page)).toEqual([]);
  await dialog.getByRole("textbox").fill(name);
  await override.click();
  await expect(
    dialog.getByText(/may go live with version \d+: by your confirmation, against the gate\. No venue for live trading is connected/),
  ).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(page.getByTestId("gate-state")).toHaveText("Allowed by override");
  await expect(page.getByText(/Version \d+: overridden by a person/)).toBeVisible();
});
