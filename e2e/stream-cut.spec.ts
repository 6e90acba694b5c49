import { expect, type Page, test } from "@playwright/test";
import { cuttingProxy } from "./fixtures/cutting-proxy";
import { signInAsDemo } from "./fixtures/sign-in";

const agents = async (page: Page): Promise<string[]> => {
  const rows = await page
    .getByRole("row")
    .filter({ has: page.getByTestId("agent-status") })
    .all();
  return Promise.all(
    rows.map(async (row) => `${await row.getByRole("link").first().textContent()}: ${await row.getByTestId("agent-status").textContent()}`),
  );
};

test("a page whose stream is cut again and again ends up showing what a freshly loaded one shows", async ({ browser, baseURL }) => {
  const proxy = await cuttingProxy();
  const context = await browser.newContext({ proxy: { server: proxy.url, bypass: "<-loopback>" } });
  try {
    const page = await context.newPage();
    await signInAsDemo(page);
    await page.goto("/agents");
    const state = page.locator(".live-state");
    await expect(state).toHaveText("Live updates");
    // The demo's agents appear one by one at its first start.
    await expect(page.getByTestId("agent-status").filter({ hasText: "Running" })).toHaveCount(4, { timeout: 90_000 });
    const before = await agents(page);
    expect(before.length).toBeGreaterThan(1);
    const cookie = (await context.cookies()).map((c) => `${c.name}=${c.value}`).join("; ");
    const call = async (what: "start" | "stop", agentId: string) => {
      // Past the proxy: as another device of the same trader would.
      const answer = await fetch(`${baseURL}/api/trpc/agents.${what}`, {
        method: "POST",
        headers: { origin: baseURL ?? "", cookie, "content-type": "application/json" },
        body: JSON.stringify({ json: { agentId } }),
      });
      expect(answer.ok, await answer.text()).toBe(true);
    };
    const running = page.getByRole("row").filter({ has: page.getByTestId("agent-status").filter({ hasText: "Running" }) });
    const ids = await running
      .locator('a[href^="/agents/"]')
      .evaluateAll((all) => [...new Set(all.map((a) => a.getAttribute("href")?.split("/")[2] ?? ""))]);
    expect(ids.length).toBeGreaterThan(1);

    // Cut before, between and after what happens; the page asks by itself only every 30 s, longer than it is given here.
    for (const [i, id] of ids.entries()) {
      proxy.cut();
      await call("stop", id);
      if (i % 2) proxy.cut();
    }
    await expect.poll(() => proxy.asked.length).toBeGreaterThan(2);
    await expect(running).toHaveCount(0, { timeout: 15_000 });

    // Away for longer: the page says so, and catches up with what happened meanwhile.
    proxy.refuse = true;
    proxy.cut();
    await expect(state).toHaveText("Reconnecting…");
    for (const id of ids) await call("start", id);
    proxy.refuse = false;
    await expect(state).toHaveText("Live updates", { timeout: 15_000 });
    await expect.poll(() => agents(page), { timeout: 15_000 }).toEqual(before);
    expect(proxy.asked.every((place) => /^\d+$/.test(place))).toBe(true);

    const fresh = await context.newPage();
    await fresh.goto("/agents");
    await expect(fresh.getByTestId("agent-status").first()).toBeVisible();
    expect(await agents(page)).toEqual(await agents(fresh));
  } finally {
    await context.close();
    await proxy.stop();
  }
});
