// Pictures of the running demo for the docs: node scripts/screenshots.mjs [origin] [folder] [public]. Signs in as the demo trader.
import fs from "node:fs";
import path from "node:path";
import { chromium } from "@playwright/test";
import { systemChromium } from "./chromium.mjs";

const origin = process.argv[2] ?? "http://127.0.0.1:3000";
const folder = path.resolve(process.argv[3] ?? path.join(import.meta.dirname, "../docs/screenshots"));
// With a third argument the overview also goes there as the landing page's picture.
const heroes = process.argv[4] ? path.resolve(process.argv[4]) : null;
fs.mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: systemChromium(),
  args: [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
  ],
});

async function shoot(theme, width, height, only) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme });
  const page = await context.newPage();
  const problems = [];
  page.on("console", (m) => m.type() === "error" && problems.push(m.text()));
  const save = async (name) => {
    if (only && !only.includes(name)) return;
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.waitForTimeout(900);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) problems.push(`${name} scrolls sideways by ${wide} px`);
    await page.screenshot({ path: path.join(folder, `${name}-${theme}-${width}.png`), fullPage: true });
  };
  await page.goto(origin);
  await save("landing");
  await page.goto(`${origin}/sign-in`);
  await save("sign-in");
  await page.getByRole("button", { name: "Continue as the demo trader" }).click();
  await page.waitForURL("**/overview");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await save("overview");
  if (heroes && width === 1440) await page.screenshot({ path: path.join(heroes, `overview-${theme}.png`) });
  await page.goto(`${origin}/agents`);
  await save("agents");
  await page.goto(`${origin}/agents/new`);
  await save("agent-new");
  await page.goto(`${origin}/agents`);
  await page.getByRole("link", { name: "Doge Pulse" }).first().click();
  await page.getByTestId("candles").waitFor();
  await save("agent");
  await page.getByRole("button", { name: "With orders" }).click();
  await page.waitForTimeout(700);
  await page.getByTestId("decisions").getByRole("link").first().click();
  await page.getByRole("button", { name: "Replay" }).first().click();
  await page.waitForTimeout(800);
  await save("decision");
  for (const name of [
    "risk",
    "backtests",
    "wallet",
    "goals",
    "members",
    "audit",
    "connections",
    "runs",
    "models",
    "api-keys",
    "settings",
    "system",
  ]) {
    await page.goto(`${origin}/${name}`);
    await page.locator("main h1").waitFor();
    await save(name);
  }
  await page.goto(`${origin}/wallet`);
  await page.locator('main a[href^="/wallet/"]').first().click();
  await page.waitForURL("**/wallet/*");
  await page.locator("main h1").waitFor();
  await save("wallet-node");
  console.log(theme, width, problems.length === 0 ? "no console errors" : problems);
  await context.close();
}

await shoot("dark", 1440, 900);
await shoot("light", 1440, 900);
await shoot("dark", 390, 844);
await browser.close();
