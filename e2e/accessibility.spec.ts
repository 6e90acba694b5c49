import { expect, type Page, test } from "@playwright/test";
import { accessibilityFaults } from "./fixtures/accessibility";
import { signInAsDemo } from "./fixtures/sign-in";

async function settle(page: Page) {
  await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
  await expect(page.locator(".skel")).toHaveCount(0, { timeout: 30_000 });
}

test("no page breaks a rule of WCAG 2.2 A or AA, dark or light", async ({ page }) => {
  // Every page of the product, each judged twice.
  test.setTimeout(360_000);
  // Colours that are still changing are no colours to judge.
  await page.emulateMedia({ reducedMotion: "reduce", colorScheme: "dark" });
  const faults: Record<string, string[]> = {};
  const look = async (name: string) => {
    for (const theme of ["light", "dark"] as const) {
      // What the button of the top bar does.
      await page.evaluate((value) => document.documentElement.setAttribute("data-theme", value), theme);
      const found = await accessibilityFaults(page);
      if (found.length > 0) faults[`${name}, ${theme}`] = found;
    }
  };
  for (const path of ["/", "/sign-in"]) {
    await page.goto(path);
    await settle(page);
    await look(path);
  }
  await signInAsDemo(page);
  const agent = page.getByRole("table").getByRole("link", { name: /\w/ }).first();
  await expect(agent).toBeVisible({ timeout: 60_000 });
  const address = (await agent.getAttribute("href")) ?? "";
  for (const path of [
    "/overview",
    "/agents",
    "/agents/new",
    "/models",
    "/risk",
    "/wallet",
    "/goals",
    "/connections",
    "/api-keys",
    "/members",
    "/audit",
    "/settings",
    "/backtests",
    "/backtests/new",
    "/runs",
    "/system",
    address,
    `${address}?tab=evidence`,
    `${address}?tab=settings`,
  ]) {
    await page.goto(path);
    await settle(page);
    await look(path);
  }
  await page.goto(address);
  await page.getByTestId("decisions").getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "Proof" })).toBeVisible();
  await settle(page);
  await look("a decision");
  await page.getByRole("button", { name: "Kill switch" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await look("the kill switch");
  expect(faults).toEqual({});

  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  await page.goto("/overview");
  expect(await theme()).toBe("dark");
  await page.getByRole("button", { name: "Switch between dark and light" }).click();
  expect(await theme()).toBe("light");
  await page.reload();
  await settle(page);
  expect(await theme()).toBe("light");
});

test("axe finds what is wrong where something is", async ({ page }) => {
  await page.goto("/");
  await page.evaluate(() => {
    document.body.insertAdjacentHTML("beforeend", '<button></button><p style="color:#777;background:#666">grey on grey</p>');
  });
  const found = (await accessibilityFaults(page)).map((fault) => fault.split(":")[0]);
  expect(found).toContain("button-name");
  expect(found).toContain("color-contrast");
});
