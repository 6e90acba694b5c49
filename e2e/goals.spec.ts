import { expect, test } from "@playwright/test";
import { accessibilityFaults } from "./fixtures/accessibility";
import { signInAsDemo } from "./fixtures/sign-in";

test("a goal by sentence: one question, a confirmation, progress; paused, and one by form", async ({ page }) => {
  await signInAsDemo(page);
  await expect(page.getByRole("table").getByRole("link", { name: /\w/ }).first()).toBeVisible({ timeout: 60_000 });
  await page.getByRole("navigation", { name: "Pages", exact: true }).getByRole("link", { name: "Goals" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Goals" })).toBeVisible();
  await expect(page.locator(".skel")).toHaveCount(0, { timeout: 30_000 });

  // What is open is asked, not guessed.
  const sentence = page.getByLabel("What should be reached?");
  await sentence.fill("make 50 this month");
  await sentence.press("Enter");
  const unit = page.getByRole("group", { name: /^Is it 50 %, or 50 / });
  await expect(unit).toBeVisible();
  await unit.getByRole("button", { name: "50 %" }).click();
  await expect(page.getByRole("group", { name: "For which agent or wallet?" })).toBeVisible();

  await sentence.fill("make 5 % this month without ever losing more than 90 % quickly");
  await page.getByRole("button", { name: "Read it" }).click();
  const whose = page.getByRole("group", { name: "For which agent or wallet?" });
  const choice = whose.getByRole("button").last();
  const name = (await choice.textContent()) ?? "";
  await choice.click();
  const confirm = page.getByRole("region", { name: "Is this what you mean?" });
  await expect(confirm.getByText(/^Profit of 5 % by 20\d\d-/)).toBeVisible();
  await expect(confirm.getByText(/^Drawdown below 90 %/)).toBeVisible();
  await expect(page.getByText("Not understood, and left out: “quickly”.")).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await confirm.getByRole("button", { name: "Confirm these 2 goals" }).click();

  const goal = page.getByRole("article", { name: /^Profit of 5 % by/ });
  await expect(goal).toBeVisible({ timeout: 60_000 });
  await expect(goal.getByRole("meter")).toHaveAttribute("aria-valuetext", /of 5\.00/);
  await expect(goal.getByText(name, { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(goal.getByText(/to be reached in time|Too little record|no money at work/)).toBeVisible({ timeout: 60_000 });
  await goal.getByRole("button", { name: "Forecast and history" }).click();
  await expect(goal.getByText("Its threshold has not been changed.")).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await expect(page.getByText("NaN")).toHaveCount(0);
  await goal.getByRole("button", { name: /^Pause/ }).click();
  await expect(goal.getByText("Paused", { exact: true })).toBeVisible();

  // What cannot be is refused with its numbers, before anything is written.
  await page.getByRole("button", { name: "Form", exact: true }).click();
  await page.getByLabel("Kind", { exact: true }).selectOption("drawdown");
  await page.getByRole("textbox", { name: "Target" }).fill("120");
  await page.getByRole("button", { name: "Look at it" }).click();
  await expect(page.getByText(/cannot be above 100 %; 120 % was asked for/)).toBeVisible();
  await page.getByRole("button", { name: "Start over" }).click();
  await page.getByLabel("Kind", { exact: true }).selectOption("income");
  await page.getByRole("textbox", { name: "Target" }).fill("25");
  await page.getByRole("button", { name: "Look at it" }).click();
  await page.getByRole("button", { name: "Confirm this goal" }).click();
  await expect(page.getByRole("article", { name: /^Income of 25 .* a week/ })).toBeVisible({ timeout: 60_000 });

  // On a phone nothing scrolls sideways.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForTimeout(300);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await page.goto("/overview");
  await expect(page.getByRole("region", { name: "Goals" })).toBeVisible({ timeout: 30_000 });
});

test("a goal that is reached: what is free is collected above, and the statement says so", async ({ page }) => {
  await signInAsDemo(page);
  await expect(page.getByRole("table").getByRole("link", { name: /\w/ }).first()).toBeVisible({ timeout: 60_000 });
  // The first agent's worth, as the API tells it.
  const agent = await page.evaluate(async () => {
    const answer = (await (await fetch("/api/trpc/agents.list")).json()) as {
      result: { data: { json: { id: string; name: string; equity: string }[] } };
    };
    return answer.result.data.json[0];
  });
  if (!agent) throw new Error("no agent");
  await page.goto("/goals");
  await page.getByRole("button", { name: "Form", exact: true }).click();
  await page.getByLabel("Of", { exact: true }).selectOption({ label: `${agent.name} (agent)` });
  await page.getByLabel("Kind", { exact: true }).selectOption("balance");
  await page.getByRole("textbox", { name: "Target" }).fill(String(Math.floor(Number(agent.equity)) + 400));
  await page.getByLabel("And collects").selectOption("all");
  await page.getByRole("button", { name: "Look at it" }).click();
  await page.getByRole("button", { name: "Confirm this goal" }).click();
  const goal = page.getByRole("article", { name: /^Balance of / });
  await expect(goal.getByText("Active", { exact: true })).toBeVisible({ timeout: 60_000 });

  // Money that is paid in is no profit, but it is balance: the master gives it to the agent.
  const given = await page.evaluate(async (agentId) => {
    type Nodes = { result: { data: { json: { nodes: { id: string; kind: string; agentId: string | null }[] } } } };
    const { nodes } = ((await (await fetch("/api/trpc/goals.list")).json()) as Nodes).result.data.json;
    const find = (is: (n: (typeof nodes)[number]) => boolean) => nodes.find(is)?.id;
    const order = { kind: "allocate", fromNodeId: find((n) => n.kind === "treasury"), toNodeId: find((n) => n.agentId === agentId), amount: "700" };
    const body = JSON.stringify({ json: { ...order, why: "to reach it", key: crypto.randomUUID() } });
    const answer = await fetch("/api/trpc/wallets.move", { method: "POST", headers: { "content-type": "application/json" }, body });
    return `${answer.status} ${answer.ok ? "" : await answer.text()}`;
  }, agent.id);
  expect(given).toBe("200 ");

  await page.goto("/goals");
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(goal.getByText("Reached", { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  await goal.getByRole("button", { name: "Forecast and history" }).click();
  await expect(goal.getByText(/profit .*, collected [1-9]/)).toBeVisible();
  await page.goto("/wallet");
  await expect(
    page
      .getByRole("region", { name: "Statement", exact: true })
      .getByText(/Goal reached \(all free cash\)/)
      .first(),
  ).toBeVisible({ timeout: 30_000 });
});
