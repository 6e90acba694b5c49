import fs from "node:fs";
import { expect, type Page } from "@playwright/test";
import { accessibilityFaults } from "./fixtures/accessibility";
import { consoleErrors } from "./fixtures/console-errors";
import { signInAsDemo, signInWithWallet } from "./fixtures/sign-in";
import { test } from "./fixtures/wallet";

async function createAgent(page: Page, name: string) {
  await page.goto("/agents/new");
  await page.getByLabel("Name").fill(name);
  await page.getByRole("checkbox", { name: /BTC\/USDT/ }).check({ force: true });
  await page.getByRole("button", { name: "Create agent" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

test("an account's data are downloaded, and the account is deleted once its agents rest; the wallet begins anew", async ({
  page,
  wallet: _wallet,
}) => {
  const complaints = consoleErrors(page);
  await signInWithWallet(page);
  await createAgent(page, "Short Lived");
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await expect(page.getByTestId("agent-status")).toHaveText("Running", { timeout: 30_000 });

  await test.step("Settings is in the account menu, by keyboard", async () => {
    await page.getByTestId("account").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Settings" }).press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
  });

  await test.step("the file holds the workspace, whole", async () => {
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download everything" }).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^memepulse-[0-9a-f]{8}\.jsonl$/);
    const lines = fs
      .readFileSync(await file.path(), "utf8")
      .trim()
      .split("\n")
      .map((text): { table: string; name?: string; rows?: number } => JSON.parse(text));
    expect(lines.filter((l) => l.table === "agent").map((l) => l.name)).toEqual(["Short Lived"]);
    expect(lines.at(-1)).toEqual({ table: "end", rows: lines.length - 2 });
  });

  await test.step("while the agent runs, it is named and deleting is off", async () => {
    await expect(page.getByRole("list", { name: "Agents in the way" })).toContainText("Short Lived is running");
    await expect(page.getByRole("button", { name: "Delete account…" })).toBeDisabled();
    await page.getByRole("link", { name: "Short Lived" }).click();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await expect(page.getByTestId("agent-status")).toHaveText("Stopped", { timeout: 30_000 });
  });

  await test.step("the dialog has the safe choice in focus, and wants the word", async () => {
    await page.goto("/settings");
    await page.getByRole("button", { name: "Delete account…" }).click();
    await expect(page.getByRole("button", { name: "Keep the account" })).toBeFocused();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByLabel("Type DELETE to go on").fill("delete");
    await expect(page.getByRole("button", { name: "Delete the account" })).toBeDisabled();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });

  await test.step("it is deleted by keyboard, and nobody is signed in", async () => {
    await page.getByRole("button", { name: "Delete account…" }).press("Enter");
    await page.getByLabel("Type DELETE to go on").fill("DELETE");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/sign-in**");
    await page.goto("/agents");
    await page.waitForURL("**/sign-in**");
  });

  await test.step("the same wallet gets an empty workspace", async () => {
    await signInWithWallet(page);
    await page.goto("/agents");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByText("Short Lived")).toHaveCount(0);
  });
  expect(complaints).toEqual([]);
});

test("the demo trader is told why it cannot be deleted", async ({ page }) => {
  await signInAsDemo(page);
  await page.goto("/settings");
  await expect(page.getByText("The demo trader is part of the demo")).toBeVisible();
  await expect(page.getByRole("button", { name: "Delete account…" })).toBeDisabled();
});
