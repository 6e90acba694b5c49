import { expect, test } from "@playwright/test";
import { signInAsDemo } from "./fixtures/sign-in";

test("eight tabs share one event stream, and another tab takes over when its reader closes", async ({ page, context }) => {
  const streams: string[] = [];
  context.on("request", (request) => {
    if (new URL(request.url()).pathname === "/api/events") streams.push(request.url());
  });
  await signInAsDemo(page);
  await expect.poll(() => streams.length).toBe(1);
  const others = await Promise.all(Array.from({ length: 7 }, () => context.newPage()));
  for (const tab of others) await tab.goto("/system");
  for (const tab of others) await expect(tab.getByRole("heading", { level: 1 })).toBeVisible();
  // Every tab has asked for the lock by now, and only its holder reads.
  const asked = await page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    const ours = (l: LockInfo) => l.name?.startsWith("memepulse-events") ?? false;
    return { held: held.filter(ours).length, pending: pending.filter(ours).length };
  });
  expect(asked).toEqual({ held: 1, pending: 7 });
  expect(streams).toHaveLength(1);

  await page.close();
  await expect.poll(() => streams.length).toBe(2);
  expect(streams[1]).toContain("after=");
});
