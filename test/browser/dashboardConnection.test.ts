import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildWhenStale, geosync, root, workingFolder } from "../e2e/geosync.ts";
import { hasBrowser, openBrowser, openPage } from "../support/browser.ts";
import { call, type DashboardSession, serveDashboard } from "../support/dashboard.ts";
import { removeFolder } from "../support/servedSession.ts";

describe.runIf(hasBrowser)("the dashboard's connection", () => {
  let browser: Browser;
  let session: DashboardSession;
  let page: Page;
  /** Changes what the session says by WebSocket; null swallows it. */
  let heard: (message: string) => string | null;

  beforeAll(async () => {
    buildWhenStale();
    [browser, session] = await Promise.all([openBrowser(), serveDashboard()]);
  });
  afterAll(async () => {
    await browser.close();
    await session.stop();
    removeFolder(session.folder);
  });
  beforeEach(async () => {
    ({ page } = await openPage(browser));
    heard = (message) => message;
    await page.routeWebSocket("**/ws", (socket) => {
      const server = socket.connectToServer();
      server.onMessage((message) => {
        const changed = heard(String(message));
        if (changed !== null) socket.send(changed);
      });
    });
    return () => page.context().close();
  });

  const isLive = () => page.locator("body[data-link=live]").waitFor();

  it("that says nothing any more is called stale, then replaced", async () => {
    await page.clock.install();
    await page.goto(session.url);
    await isLive();
    heard = () => null;
    await page.clock.runFor(10_500);
    await page.getByText("Stale").waitFor();
    await page.clock.runFor(5000);
    await page.getByText("Reconnecting").waitFor();
    heard = (message) => message;
    await page.clock.runFor(5000);
    await isLive();
  });

  it("misses nothing when it is lost for a while: it goes on after the last news it had", async () => {
    const asked: string[] = [];
    let drop = () => {};
    await page.unrouteAll();
    await page.routeWebSocket("**/ws", (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((message) => {
        asked.push(String(message));
        server.send(message);
      });
      drop = () => void Promise.all([socket.close(), server.close()]);
    });
    await page.goto(session.url);
    await isLive();
    const before = await page.locator("#trades tbody tr").count();
    drop();
    await call(session, "POST", "orders", { symbol: "BTCUSD", side: "buy", quantity: 0.01 });
    await page.locator("#trades tbody tr").nth(before).waitFor();
    await isLive();
    const subscriptions = asked.filter((text) => text.includes("subscribe"));
    expect(JSON.parse(subscriptions.at(-1)!)).toMatchObject({
      epoch: expect.any(String),
      since: { trades: expect.any(Number), orders: expect.any(Number) },
    });
  });

  it("to real money asks before an order is sent", async () => {
    const before = await call<{ orders: object[] }>(session, "GET", "orders");
    heard = (message) => message.replace('"mode":"paper"', '"mode":"live"');
    await page.goto(session.url);
    await page.locator("#mode[data-mode=live]").waitFor();
    await page.getByLabel("Amount", { exact: true }).fill("0.01");
    await page.getByRole("button", { name: "Buy BTC/USDT" }).click();
    const dialog = page.getByRole("dialog", { name: "Place this order for real money?" });
    await dialog.getByText("Buy 0.01 BTC/USDT, market.").waitFor();
    await dialog.getByRole("button", { name: "Back" }).click();
    expect(await call(session, "GET", "orders")).toEqual(before);
    await page.getByRole("button", { name: "Buy BTC/USDT" }).click();
    await dialog.getByRole("button", { name: "Place the order" }).click();
    await dialog.waitFor({ state: "hidden" });
    const after = await call<{ orders: object[] }>(session, "GET", "orders");
    expect(after.orders).toHaveLength(before.orders.length + 1);
  });

  it("of a session that plays a file follows prices and candles, from the package as it is built", async () => {
    const folder = workingFolder();
    const data = join(root, "data/BTCUSDT_1m_synthetic.csv");
    const flags = ["--speed", "1200", "--api", "127.0.0.1:0", "--session", "shown", "--json"];
    const serving = geosync(["serve", "--data", data, ...flags], { cwd: folder });
    const url = await new Promise<string>((resolve) => {
      let text = "";
      serving.stdout!.on("data", (part) => {
        text += part;
        const found = /"api":"(http[^"]+)"/.exec(text);
        if (found !== null) resolve(found[1]!);
      });
    });
    const late = page.waitForResponse((response) => response.url().endsWith("limit=10"));
    await page.goto(url);
    const first = await page.locator("#last", { hasText: "42," }).textContent();
    const { candles } = (await (await late).json()) as { candles: object[] };
    expect(candles.length).toBeGreaterThan(0);
    await page.locator("#last").filter({ hasNotText: first! }).waitFor();
    serving.kill("SIGTERM");
    await serving;
    rmSync(folder, { recursive: true });
  });
});
