import fs from "node:fs";
import { expect, type Page } from "@playwright/test";
import { consoleErrors } from "./fixtures/console-errors";
import { signInWithWallet } from "./fixtures/sign-in";
import { test } from "./fixtures/wallet";

const row = (page: Page, name: string) => page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });

async function ask(page: Page, wallet: string, words: string | RegExp): Promise<void> {
  await page.getByRole("button", { name: `What to do with ${wallet}`, exact: true }).click();
  await page.getByRole("menuitem", { name: words }).click();
}

test("a tree is built, money goes down and up with its preview, and the statement adds up", async ({ page, wallet }) => {
  expect(wallet.address).toBeTruthy();
  const complaints = consoleErrors(page);
  await signInWithWallet(page);
  await page.goto("/wallet");
  await expect(page.getByText("could not be loaded")).toHaveCount(0);
  const dialog = page.getByRole("dialog");

  await test.step("farms and a vault stand under the master wallet, one inside the other", async () => {
    await ask(page, "Treasury", "New farm or vault under it");
    await dialog.getByLabel("Name").fill("Momentum farm");
    await dialog.getByRole("button", { name: "Make wallet" }).click();
    await expect(row(page, "Momentum farm")).toBeVisible();
    await ask(page, "Momentum farm", "New farm or vault under it");
    await dialog.getByLabel("Name").fill("Fast farm");
    await dialog.getByRole("button", { name: "Make wallet" }).click();
    await ask(page, "Treasury", "New farm or vault under it");
    await dialog.getByLabel("Kind").selectOption("vault");
    await dialog.getByLabel("Name").fill("Vault");
    await dialog.getByRole("button", { name: "Make wallet" }).click();
    await expect(row(page, "Vault")).toBeVisible();
  });

  await test.step("more than is free, dust and too many decimals are refused at the field, in numbers", async () => {
    await ask(page, "Treasury", "Allocate from here");
    await dialog
      .getByLabel("To")
      .selectOption({ label: "Momentum farm" })
      .catch(() => dialog.getByLabel("To").selectOption({ index: 0 }));
    for (const [amount, words] of [
      ["100000.01", /Only 100,000.00 USDT of Treasury is free/],
      ["-5", /below zero/],
      ["0.001", /smallest amount that can be moved, 0.01/],
      ["10.001", /with 2 decimals at most/],
    ] as const) {
      await dialog.getByLabel("Amount").fill(amount);
      await expect(dialog.getByText(words).first()).toBeVisible();
      await expect(dialog.getByRole("button", { name: /^Move/ })).toBeDisabled();
    }
  });

  await test.step("the preview shows now, move and after, and what was shown is done", async () => {
    await dialog.getByLabel("Amount").fill("14000");
    await dialog.getByLabel("Why").fill("Capital of the farms");
    const preview = dialog.getByRole("region", { name: "Preview" });
    await expect(preview.getByText("money conserved", { exact: false })).toBeVisible();
    await expect(preview.getByRole("cell", { name: "86,000.00" })).toBeVisible();
    await dialog.getByRole("button", { name: "Move 14,000.00 USDT" }).click();
    await expect(dialog).toHaveCount(0);
    await expect(row(page, "Momentum farm").getByRole("cell", { name: "14,000.00", exact: true })).toBeVisible();
  });

  await test.step("an agent is made under the inner farm and gets its capital from there", async () => {
    await ask(page, "Momentum farm", "Allocate from here");
    await dialog.getByLabel("To").selectOption({ index: 0 });
    await dialog.getByLabel("Amount").fill("6000");
    await dialog.getByRole("button", { name: /^Move 6,000.00/ }).click();
    await expect(dialog).toHaveCount(0);
    await page.goto("/agents/new");
    await page.getByLabel("Name").fill("Doge Pulse");
    await page.getByRole("checkbox", { name: /BTC\/USDT/ }).check({ force: true });
    await page.getByLabel("Capital").fill("5000");
    await page.getByLabel("Parent wallet").selectOption({ label: "Fast farm" });
    await page.getByRole("button", { name: "Create agent" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Doge Pulse" })).toBeVisible();
    await page.goto("/wallet");
    await expect(row(page, "Doge Pulse").getByRole("cell", { name: "5,000.00" })).toBeVisible();
    await expect(row(page, "Fast farm").getByRole("cell", { name: "6,000.00" })).toBeVisible();
  });

  await test.step("a wallet with money is not closed, and not put under itself", async () => {
    await ask(page, "Fast farm", "Close");
    await dialog.getByRole("button", { name: "Close wallet" }).click();
    await expect(dialog.getByText(/still holds 6000 USDT/)).toBeVisible();
    await dialog.getByRole("button", { name: "Keep as it is" }).click();
    await ask(page, "Momentum farm", "Move under another wallet");
    await dialog.getByLabel("Under").selectOption({ label: "Fast farm" });
    await dialog.getByRole("button", { name: "Move wallet" }).click();
    await expect(dialog.getByText(/a wallet cannot hold itself/)).toBeVisible();
    await dialog.getByRole("button", { name: "Keep it where it is" }).click();
  });

  await test.step("a movement is taken back", async () => {
    await ask(page, "Doge Pulse", "Collect into a vault or above");
    await dialog
      .getByLabel("Into")
      .selectOption({ label: "Vault" })
      .catch(() => dialog.getByLabel("Into").selectOption({ index: 2 }));
    await dialog.getByLabel("Amount").fill("250");
    await dialog.getByRole("button", { name: /^Collect 250.00/ }).click();
    await expect(dialog).toHaveCount(0);
    const statement = page.getByRole("region", { name: "Statement", exact: true });
    await statement.getByRole("button", { name: /Take back Collection of 250 / }).click();
    await expect(statement.getByText("undone")).toBeVisible();
    await expect(row(page, "Doge Pulse").getByRole("cell", { name: "5,000.00" })).toBeVisible();
  });

  await test.step("the statement adds up: what came in less what went out is what every wallet holds", async () => {
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "CSV" }).click();
    const text = fs.readFileSync(await (await download).path(), "utf8");
    const balances = new Map<string, number>();
    for (const line of text.trim().split("\r\n").slice(1)) {
      const [, , status, from = "", to = "", amount] = line.split(",");
      if (status !== "done" && status !== "undone") continue;
      balances.set(from, (balances.get(from) ?? 0) - Number(amount));
      balances.set(to, (balances.get(to) ?? 0) + Number(amount));
    }
    expect(Object.fromEntries(balances)).toEqual({
      outside: -100_000,
      Treasury: 86_000,
      "Momentum farm": 8_000,
      "Fast farm": 1_000,
      "Doge Pulse": 5_000,
      Vault: 0,
    });
  });

  await test.step("the farm's own page keeps its rules, and they bind", async () => {
    await page.getByRole("link", { name: "Fast farm", exact: true }).click();
    await page.getByLabel("Free reserve", { exact: true }).fill("900");
    await page.getByRole("button", { name: "Save rules" }).click();
    await expect(page.getByText("Rules saved.")).toBeVisible();
    await page.goto("/wallet");
    await ask(page, "Fast farm", "Recall to above");
    await dialog.getByLabel("Amount").fill("100.01");
    await expect(dialog.getByText(/keeps a free reserve of 900.00 USDT/).first()).toBeVisible();
    await dialog.getByLabel("Amount").fill("100");
    await dialog.getByRole("button", { name: "Recall 100.00 USDT" }).click();
    await expect(dialog).toHaveCount(0);
  });
  expect(complaints).toEqual([]);
});
