import { randomUUID } from "node:crypto";
import { expect } from "@playwright/test";
import { MessagesApiServer } from "@/server/testing/messages-api-server";
import { consoleErrors } from "./fixtures/console-errors";
import { signInWithWallet } from "./fixtures/sign-in";
import { test } from "./fixtures/wallet";

const KEY = `sk-ant-${randomUUID()}`;
const REASON = "The averages are level and fees would eat the move, so nothing is done.";
const HOLD = {
  action: "hold",
  symbol: "BTC/USDT",
  size: null,
  orderType: "market",
  limitPrice: null,
  stopLoss: null,
  takeProfit: null,
  confidence: 0.6,
  horizonHours: null,
  reasoning: REASON,
};

test("a pasted key is tested, kept out of sight and used: the decision shows the exact question and answer", async ({ page, wallet: _wallet }) => {
  const provider = await MessagesApiServer.start([{ kind: "tool", input: { ready: true } }], Number(process.env.E2E_MODEL_PORT));
  provider.key = KEY;
  const complaints = consoleErrors(page);
  const seen: string[] = [];
  page.on("response", async (answer) => {
    const type = answer.headers()["content-type"] ?? "";
    if (/json|html|text\/x-component/.test(type)) seen.push(await answer.text().catch(() => ""));
  });
  try {
    await signInWithWallet(page);

    await test.step("a wrong key is refused in words and cannot be saved", async () => {
      await page.goto("/models");
      await page.getByLabel("API key").fill(`${KEY}-misspelt`);
      await page.getByRole("button", { name: "Test key" }).click();
      await expect(page.getByText("Key refused")).toBeVisible();
      await expect(page.getByRole("button", { name: "Save key" })).toBeDisabled();
    });

    await test.step("the right one shows latency, cost and structured output, and is saved", async () => {
      await page.getByLabel("API key").fill(KEY);
      await page.getByRole("button", { name: "Test key" }).click();
      const result = page.getByRole("status").filter({ hasText: "Test passed" });
      await expect(result).toContainText("Structured output");
      await expect(result).toContainText(/\d+ ms/);
      await expect(result).toContainText(/Cost of the test\s*0\.\d+ USD/);
      await page.getByRole("button", { name: "Save key" }).click();
      await expect(page.getByText(KEY.slice(-4)).first()).toBeVisible();
    });

    await test.step("an agent decides with it", async () => {
      provider.play({ kind: "tool", input: HOLD });
      await page.goto("/agents/new");
      await page.getByLabel("Name").fill("Claudia");
      await page.getByRole("checkbox", { name: /BTC\/USDT/ }).check({ force: true });
      await page.getByRole("radio", { name: /Claude/ }).check({ force: true });
      await page.getByRole("textbox", { name: "Strategy" }).fill("Buy only after a clear break of the last day's high.");
      await page.getByRole("button", { name: "Create agent" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Claudia" })).toBeVisible();
      await page.getByRole("button", { name: "Start", exact: true }).click();
      await expect(page.getByTestId("agent-status")).toHaveText("Running", { timeout: 30_000 });
      await page.getByRole("button", { name: "Decide now" }).click();
      await page.getByTestId("decisions").getByRole("link").first().click({ timeout: 30_000 });
    });

    await test.step("the decision's page has the question and the answer word for word, and replays without asking", async () => {
      await expect(page.getByText(REASON).first()).toBeVisible();
      await page.getByRole("tab", { name: "Response" }).click();
      await expect(page.getByLabel("Raw response 1")).toContainText("nothing is done");
      await page.getByRole("tab", { name: "Prompt" }).click();
      await expect(page.getByLabel("Exact prompt")).toContainText("Buy only after a clear break of the last day's high.");
      const asked = provider.requests.length;
      await page.getByRole("button", { name: "Replay", exact: true }).click();
      await expect(page.getByText("Replay is identical")).toBeVisible();
      expect(provider.requests.length).toBe(asked);
      expect(asked).toBeGreaterThan(0);
    });

    await test.step("a goal in another language is put plainly, and confirmed as the grammar reads it", async () => {
      provider.play({ kind: "tool", input: { sentence: "make 5 % this month, never lose more than 2 %", question: null } });
      await page.goto("/goals");
      await page.getByLabel("What should be reached?").fill("Mach diesen Monat 5 % Gewinn, ohne jemals mehr als 2 % zu verlieren");
      await page.getByRole("button", { name: "Read it" }).click();
      await page.getByRole("button", { name: /^Let Claude .* put it plainly$/ }).click();
      await expect(page.getByText(/put it as “make 5 % this month, never lose more than 2 %”/)).toBeVisible();
      // What the sentence leaves open is asked as always.
      await page.getByRole("group", { name: "For which agent or wallet?" }).getByRole("button", { name: "Claudia" }).click();
      await expect(page.getByRole("button", { name: "Confirm these 2 goals" })).toBeVisible();
      provider.play({ kind: "tool", input: { sentence: "make 40 % this month", question: null } });
      await page.getByLabel("What should be reached?").fill("Mach mich reich");
      await page.getByRole("button", { name: "Read it" }).click();
      await page.getByRole("button", { name: /^Let Claude .* put it plainly$/ }).click();
      await expect(page.getByText(/put in 40, which your sentence does not say/)).toBeVisible();
    });

    await test.step("the key is on no page and in no answer", async () => {
      expect(await page.content()).not.toContain(KEY);
      await page.goto("/models");
      await expect(page.getByText(KEY.slice(-4)).first()).toBeVisible();
      expect(await page.content()).not.toContain(KEY);
      expect(seen.length).toBeGreaterThan(10);
      expect(seen.filter((text) => text.includes(KEY))).toEqual([]);
    });
    expect(complaints).toEqual([]);
  } finally {
    await provider.stop();
  }
});
