import { expect, type Page } from "@playwright/test";
import { accessibilityFaults } from "./fixtures/accessibility";
import { consoleErrors } from "./fixtures/console-errors";
import { signInWithWallet } from "./fixtures/sign-in";
import { injectWallet, test } from "./fixtures/wallet";

async function createAgent(page: Page, name: string) {
  await page.goto("/agents/new");
  await page.getByLabel("Name").fill(name);
  await page.getByRole("checkbox", { name: /BTC\/USDT/ }).check({ force: true });
  await page.getByRole("button", { name: "Create agent" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

/** What changes nothing: views, filters, files, and what is a person's own. */
const HARMLESS = /^(CSV|All \d+ limits|What to do with .*|Show older ones|Leave this workspace…|Switch between dark and light)$/;

/** The buttons of a page that can be pressed and are not {@link HARMLESS}, by name. */
async function enabledButtons(page: Page): Promise<string[]> {
  const all = await page.getByRole("button", { disabled: false }).all();
  const names = await Promise.all(
    all.map(async (button) => {
      // Switches of a view, and what folds; not what opens a dialog.
      const folds = (await button.getAttribute("aria-expanded")) !== null && (await button.getAttribute("aria-haspopup")) !== "dialog";
      if (folds || (await button.getAttribute("aria-pressed")) !== null) return "";
      if ((await button.getAttribute("data-testid")) === "account") return "";
      return ((await button.getAttribute("aria-label")) ?? (await button.textContent()) ?? "").trim();
    }),
  );
  return names.filter((name) => name !== "" && !HARMLESS.test(name));
}

test("an owner invites a viewer, who sees all and can change nothing, until removed", async ({ page, wallet, browser }) => {
  const complaints = consoleErrors(page);
  await signInWithWallet(page);
  await createAgent(page, "Shared Agent");
  const other = await browser.newContext();
  const guest = await other.newPage();
  const invited = await injectWallet(guest);
  await signInWithWallet(guest);

  await test.step("the workspace gets a name, and the address an invitation", async () => {
    await page.goto("/settings");
    await page.getByLabel("Name").fill("Desk of two");
    await page.getByRole("button", { name: "Save name" }).click();
    await expect(page.getByText("Saved", { exact: true })).toBeVisible();
    await page.goto("/members");
    await page.getByRole("button", { name: "Invite" }).click();
    await page.getByRole("textbox", { name: "Wallet address" }).fill("0x12");
    await page.getByRole("dialog").getByRole("button", { name: "Invite" }).click();
    await expect(page.getByText("must be a wallet address")).toBeVisible();
    await page.getByRole("textbox", { name: "Wallet address" }).fill(invited.address);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("dialog").getByRole("button", { name: "Invite" }).click();
    await expect(page.getByTestId("invitations")).toContainText(invited.address);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  await test.step("the invited wallet joins, and is in the other workspace", async () => {
    await guest.reload();
    await expect(guest.getByRole("region", { name: "Invitations" })).toContainText("Desk of two");
    await guest.getByRole("button", { name: "Join" }).click();
    await expect(guest.getByText("You are a viewer here")).toBeVisible();
    await guest.getByTestId("account").click();
    await expect(guest.getByRole("menuitemradio", { name: /Desk of two/ })).toBeChecked();
    await guest.keyboard.press("Escape");
    await guest.goto("/agents");
    await expect(guest.getByText("Shared Agent")).toBeVisible();
    await guest.goto("/members");
    await expect(guest.getByTestId("members")).toContainText(wallet.address);
    await expect(guest.getByRole("button", { name: "Invite" })).toHaveCount(0);
  });

  await test.step("a viewer changes nothing", async () => {
    await guest.goto("/agents");
    await guest.getByRole("link", { name: "Shared Agent" }).first().click();
    const start = guest.getByRole("button", { name: "Start", exact: true });
    await expect(start).toBeDisabled();
    await expect(start).toHaveAccessibleDescription(/only a trader or an owner/);
    // The keyboard finds it, and it does nothing.
    await start.focus();
    await expect(start).toBeFocused();
    await guest.keyboard.press("Enter");
    expect(await enabledButtons(guest)).toEqual([]);
    expect(await accessibilityFaults(guest)).toEqual([]);
    await page.goto("/agents");
    await expect(page.getByText("Stopped").first()).toBeVisible();
  });

  await test.step("no page of money offers a viewer what would be refused", async () => {
    await page.goto("/wallet");
    await expect(page.getByRole("cell", { name: "Capital of Shared Agent" })).toBeVisible();
    expect(await enabledButtons(page)).toEqual(expect.arrayContaining([expect.stringContaining("Kill switch"), "New wallet", "Allocate"]));
    await guest.goto("/wallet");
    await guest.getByRole("button", { name: "What to do with Treasury" }).click();
    await expect(guest.getByRole("menuitem")).toHaveText(["Open"]);
    await guest.keyboard.press("Escape");
    await expect(guest.getByRole("cell", { name: "Capital of Shared Agent" })).toBeVisible();
    expect(await enabledButtons(guest)).toEqual([]);
    await guest.getByRole("link", { name: "Treasury", exact: true }).click();
    await expect(guest.getByRole("heading", { name: "Rules of moving money" })).toBeVisible();
    await expect(guest.getByLabel("Second person from")).toBeDisabled();
    expect(await enabledButtons(guest)).toEqual([]);
    for (const [path, heading, shown] of [
      ["/goals", "Goals", "No goal is running"],
      ["/members", "Members", "Open invitations"],
      ["/audit", "Audit", "joined the workspace"],
      ["/risk", "Risk", "Circuit breakers"],
      ["/models", "Models", "Save limits"],
    ] as const) {
      await guest.goto(path);
      await expect(guest.getByRole("heading", { level: 1, name: heading })).toBeVisible();
      await expect(guest.getByText(shown).first()).toBeVisible();
      expect(await enabledButtons(guest), path).toEqual([]);
    }
  });

  await test.step("the audit log says who did what", async () => {
    await page.goto("/audit");
    await expect(page.getByTestId("audit")).toContainText("joined the workspace");
    await page.getByLabel("About").selectOption("agent");
    await expect(page.getByTestId("audit")).toContainText("created an agent");
    await expect(page.getByTestId("audit")).not.toContainText("joined the workspace");
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "CSV" }).click();
    expect((await download).suggestedFilename()).toBe("audit.csv");
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  await test.step("removed, the guest is back at home", async () => {
    await page.goto("/members");
    await page.getByRole("button", { name: `Change ${invited.address}` }).click();
    await page.getByRole("button", { name: "Remove from the workspace" }).click();
    await expect(page.getByTestId("members")).not.toContainText(invited.address);
    await guest.goto("/agents");
    await expect(guest.getByText("Shared Agent")).toHaveCount(0);
    await expect(guest.getByRole("heading", { level: 1, name: "Agents" })).toBeVisible();
  });
  expect(complaints).toEqual([]);
  await other.close();
});
