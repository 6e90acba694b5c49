import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { findPostgres } from "@/server/testing/postgres-cluster";
import { readOnlyFolder } from "./fixtures/read-only-folder";
import { hold, signInWithWallet } from "./fixtures/sign-in";
import { twoInstances } from "./fixtures/two-instances";
import { injectWallet } from "./fixtures/wallet";

const postgres = findPostgres();

test("two instances on one Postgres, from a read-only folder, are one product, and one of them may die", async ({ browser }) => {
  test.skip(postgres === null, "no Postgres binary on this machine");
  test.setTimeout(240_000);
  const dataDir = path.join(os.tmpdir(), `memepulse-nowhere-${process.pid}`);
  const folder = readOnlyFolder();
  test.info().annotations.push({ type: "folder is read-only by", description: folder.how });
  const { inside, outside } = folder.tried();
  expect(inside, "where an instance could write").toEqual([]);
  expect(outside, "without that, the same attempt works").toHaveLength(1);
  const instances = await twoInstances(postgres ?? "", folder, dataDir);
  try {
    const context = await browser.newContext({ baseURL: instances.origin });
    const page = await context.newPage();
    await injectWallet(page);

    await test.step("sign-in begins at one instance and ends at the other", async () => {
      await signInWithWallet(page);
      await page.reload();
      await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
    });

    await test.step("an agent is made, starts and decides, whoever is asked", async () => {
      await page.goto("/agents/new");
      await page.getByLabel("Name").fill("Gemini");
      await page.getByRole("checkbox", { name: /BTC\/USDT/ }).check({ force: true });
      await page.getByLabel("Wake it").selectOption("1m");
      await page.getByRole("button", { name: "Create agent" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Gemini" })).toBeVisible();
      await page.getByRole("button", { name: "Start", exact: true }).click();
      await expect(page.getByTestId("agent-status")).toHaveText("Running", { timeout: 30_000 });
      await page.getByRole("button", { name: "Decide now" }).click();
      await expect(page.getByTestId("decisions").getByRole("link").first()).toBeVisible({ timeout: 30_000 });
    });
    for (const count of instances.answered) expect(count).toBeGreaterThan(5);

    await test.step("one instance is killed: the other goes on with its schedule, live, and with the session", async () => {
      const before = await page.getByTestId("decisions").getByRole("link").count();
      await instances.kill(0);
      await page.reload();
      await expect(page.getByRole("heading", { level: 1, name: "Gemini" })).toBeVisible();
      // The next minute's tick; what the dead instance held is free after a lease.
      await expect.poll(() => page.getByTestId("decisions").getByRole("row").count(), { timeout: 150_000 }).toBeGreaterThan(before + 1);
    });

    await test.step("the kill switch works at whichever is left", async () => {
      await page.getByRole("button", { name: "Kill switch" }).click();
      await hold(page, /Hold to halt everything/);
      await expect(page.getByTestId("agent-status")).toHaveText("Halted");
    });
    expect(fs.existsSync(dataDir), "no data folder is made").toBe(false);
    expect(folder.changed(), "no file of the product changed").toEqual([]);
    await context.close();
  } finally {
    await instances.close();
    folder.close();
  }
});
