import { expect, type Page } from "@playwright/test";
import { signInWithWallet } from "./fixtures/sign-in";
import { test } from "./fixtures/wallet";

/** Longer than the hold itself: by then a timer left behind would have fired. */
const AFTERWARDS = 2_000;

async function startHolding(page: Page) {
  await page.getByRole("button", { name: "Kill switch" }).click();
  await expect(page.getByRole("button", { name: "Keep trading" })).toBeFocused();
  await page.getByRole("button", { name: /Hold to halt everything/ }).hover();
  await page.mouse.down();
}

test("a halt that was begun and left does not happen; typed out, it does", async ({ page, wallet: _wallet }) => {
  let kills = 0;
  page.on("request", (request) => {
    if (request.url().includes("workspace.kill")) kills += 1;
  });
  await signInWithWallet(page);

  await startHolding(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.waitForTimeout(AFTERWARDS);
  await page.mouse.up();
  expect(kills).toBe(0);

  await startHolding(page);
  await page.mouse.up();
  await page.waitForTimeout(AFTERWARDS);
  expect(kills).toBe(0);

  await page.getByRole("button", { name: /Hold to halt everything/ }).focus();
  await page.keyboard.type("HALT");
  await expect(page.getByRole("button", { name: "Trading is halted" })).toBeVisible();
  expect(kills).toBe(1);
});
