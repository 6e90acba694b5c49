import { expect, test } from "@playwright/test";
import { consoleErrors } from "./fixtures/console-errors";
import { signInAsDemo } from "./fixtures/sign-in";

test("the runs of durable work are listed, and one is shown step by step", async ({ page }) => {
  const complaints = consoleErrors(page);
  await signInAsDemo(page);
  await page.goto("/runs");
  await page.getByRole("button", { name: "Completed" }).click();
  const run = page.getByTestId("runs").getByRole("link").first();
  await expect(run).toBeVisible({ timeout: 60_000 });
  await run.click();
  await expect(page.getByTestId("run-status")).toHaveText("completed");
  await expect(page.getByTestId("run-steps").getByRole("row")).not.toHaveCount(0);
  await page.goto("/runs/00000000-0000-7000-8000-000000000000");
  await expect(page.getByRole("heading", { level: 1, name: "There is no such run" })).toBeVisible();
  expect(complaints).toEqual([]);
});
