import { expect } from "@playwright/test";
import { consoleErrors } from "./fixtures/console-errors";
import { hold, signInWithWallet } from "./fixtures/sign-in";
import { injectWallet, test } from "./fixtures/wallet";

test("a trader signs in, makes an agent, watches it decide, replays a decision, halts it and archives it", async ({ page, wallet, browser }) => {
  const complaints = consoleErrors(page);
  let decision = "";

  await test.step("signed out, the app asks to sign in", async () => {
    await page.goto("/agents");
    await expect(page).toHaveURL(/\/sign-in$/);
  });

  await test.step("the wallet signs in, and the session outlives a reload", async () => {
    await signInWithWallet(page);
    await page.reload();
    await expect(page.getByTestId("account")).toContainText(wallet.address.slice(0, 6));
  });

  await test.step("a refused number is named at its field and nothing is made", async () => {
    await page.getByRole("link", { name: "New agent" }).first().click();
    await page.getByLabel("Name").fill("Luna");
    await page.getByRole("checkbox", { name: /BTC\/USDT/ }).check({ force: true });
    await expect(page.getByRole("radio", { name: /Live/ })).toBeDisabled();
    await page.getByLabel("Capital").fill("-5");
    await page.getByRole("button", { name: "Create agent" }).click();
    await expect(page.getByLabel("Capital")).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByRole("heading", { name: "New agent" })).toBeVisible();
  });

  await test.step("the agent is made and started", async () => {
    await page.getByLabel("Capital").fill("1000");
    await page.getByLabel("Wake it").selectOption("1m");
    await page.getByRole("button", { name: "Create agent" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Luna" })).toBeVisible();
    await expect(page.getByTestId("agent-status")).toHaveText("Stopped");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await expect(page.getByTestId("agent-status")).toHaveText("Running", { timeout: 30_000 });
  });

  await test.step("it decides when asked, and the row arrives without a reload", async () => {
    await page.getByRole("button", { name: "Decide now" }).click();
    await expect(page.getByTestId("decisions").getByRole("link").first()).toBeVisible({ timeout: 30_000 });
  });

  await test.step("the decision explains itself and replays identically", async () => {
    await page.getByTestId("decisions").getByRole("link").first().click();
    await expect(page.getByRole("heading", { name: "Proof" })).toBeVisible();
    await page.getByRole("button", { name: "Replay", exact: true }).click();
    await expect(page.getByText("Replay is identical")).toBeVisible();
    decision = page.url();
  });

  await test.step("an edit becomes the next version, a refused one changes nothing", async () => {
    await page.goBack();
    await page.getByRole("main").getByRole("link", { name: "Settings" }).click();
    await page.getByLabel("Largest order").fill("0.000000000000000000001");
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(page.getByLabel("Largest order")).toHaveAttribute("aria-invalid", "true");
    await page.getByLabel("Largest order").fill("125.5");
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(page.getByText("Saved as version 2.")).toBeVisible();
    await page.reload();
    await expect(page.getByLabel("Largest order")).toHaveValue("125.5");
  });

  await test.step("it can be stopped, and started again", async () => {
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await expect(page.getByTestId("agent-status")).toHaveText("Stopped");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await expect(page.getByTestId("agent-status")).toHaveText("Running", { timeout: 30_000 });
  });

  await test.step("another trader sees nothing of it", async () => {
    const address = page.url();
    const other = await (await browser.newContext()).newPage();
    await injectWallet(other);
    await signInWithWallet(other);
    await other.goto(address);
    await expect(other.getByText("does not exist or is not yours")).toBeVisible();
    await other.goto(decision);
    await expect(other.getByRole("heading", { level: 1, name: "There is no such decision" })).toBeVisible();
    await other.context().close();
  });

  await test.step("the kill switch halts it; resumed, it can be archived", async () => {
    await page.getByRole("button", { name: "Kill switch" }).click();
    await hold(page, /Hold to halt everything/);
    await expect(page.getByTestId("agent-status")).toHaveText("Halted");
    await page.getByRole("button", { name: "Trading is halted" }).click();
    await page.getByRole("button", { name: "Allow trading again" }).click();
    await page.getByRole("button", { name: "Resume" }).click();
    await expect(page.getByTestId("agent-status")).toHaveText("Stopped");
    await page.getByRole("button", { name: "Archive" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Agents" })).toBeVisible();
  });

  expect(complaints).toEqual([]);
});
