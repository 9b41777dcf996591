import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { TokenFile } from "../../src/store/tokens.ts";
import { buildWhenStale } from "../e2e/geosync.ts";
import { hasBrowser, openBrowser, openPage, type WatchedPage } from "../support/browser.ts";
import { call, type DashboardSession, serveDashboard } from "../support/dashboard.ts";
import { removeFolder } from "../support/servedSession.ts";

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const market = { symbol: "BTCUSD", side: "buy", quantity: 0.1 };
const limit = { ...market, order_type: "limit", price: 49_000 };

describe.runIf(hasBrowser)("the dashboard in a browser", () => {
  let browser: Browser;
  let session: DashboardSession;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    buildWhenStale();
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    session = await serveDashboard();
    await look();
  });
  afterEach(async () => {
    await page.context().close();
    await session.stop();
    removeFolder(session.folder);
  });

  async function look(options: Parameters<typeof openPage>[1] = {}): Promise<void> {
    await watched?.page.context().close();
    watched = await openPage(browser, options);
    page = watched.page;
    await page.goto(session.url);
    await isLive();
  }
  const isLive = () => page.locator("body[data-link=live]").waitFor();
  const rows = (id: string) => page.locator(`#${id} tbody tr`);

  it("shows the session, asks nobody else for anything, and has nothing to complain of", async () => {
    expect(await page.title()).toBe("served · geosync");
    await page.getByText("Running").waitFor();
    await page.locator("#account dd", { hasText: "10,000.00 USDT" }).waitFor();
    await page.locator("#last", { hasText: "50,000.00" }).waitFor();
    expect(await page.locator("#priceChart canvas").count()).toBeGreaterThan(0);
    expect(await page.locator("#latency").textContent()).toMatch(/^\d+(\.\d)? ms$|^$/);
    expect([...watched.hosts]).toEqual([new URL(session.url).host]);
    expect(watched.errors).toEqual([]);
  });

  it("tells of a trade when it happens: position, account, list, and aloud", async () => {
    expect(await rows("trades").count()).toBe(0);
    await call(session, "POST", "orders", market);
    await rows("trades").first().waitFor();
    expect(await rows("trades").first().textContent()).toContain("buy0.150,025");
    await page.getByRole("log", { name: "News" }).getByText("Bought 0.1 BTC/USDT at 50,025").waitFor();
    await rows("positions").getByText("50,025").waitFor();
    expect(await rows("positions").first().textContent()).toContain("−2.50 (−0.05%)");
    await page.locator("#account dd[data-direction=down]", { hasText: "−2.50" }).first().waitFor();
  });

  it("places an order and cancels it", async () => {
    await page.getByLabel("Limit", { exact: true }).check();
    await page.getByLabel("Amount", { exact: true }).fill("0.1");
    await page.getByLabel("Limit price").fill("49000.5");
    expect(await page.locator("#estimate").textContent()).toBe("≈ 4,900.05 USDT");
    await page.getByRole("button", { name: "Buy BTC/USDT" }).click();
    await rows("orders").getByText("49,000.5").waitFor();
    expect(await call(session, "GET", "orders?status=open")).toMatchObject({
      orders: [{ side: "buy", order_type: "limit", price: 49_000.5, quantity: 0.1, source: "user" }],
    });
    await page.getByRole("button", { name: /^Cancel order 1: buy/ }).click();
    await page.getByText("No open order.").waitFor();
    expect(await call(session, "GET", "orders/1")).toMatchObject({ reason: "cancelled:by-user" });
  });

  it.each([
    ["nothing", "", "Amount: a number above 0, such as 0.1"],
    ["words", "many", "Amount: a number above 0, such as 0.1"],
    ["0", "0", "Amount: a number above 0, such as 0.1"],
    ["more than there is money for", "1000", "Rejected: refused: insufficient cash"],
  ])("says why an order for %s is none", async (_, amount, words) => {
    await page.getByLabel("Amount", { exact: true }).fill(amount);
    await page.getByRole("button", { name: "Buy BTC/USDT" }).click();
    await page.getByRole("alert").getByText(words).waitFor();
    expect(await rows("positions").count()).toBe(0);
  });

  it("takes an order from the keyboard alone", async () => {
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter"); // Skip to the order form.
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight"); // Sell.
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight"); // Limit.
    await page.keyboard.press("Tab");
    await page.keyboard.type("0.2");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown"); // By value.
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Tab");
    await page.keyboard.type("51000");
    await page.keyboard.press("Enter");
    // It has nothing to sell: who asked hears so.
    await page.getByRole("alert").getByText("Rejected").waitFor();
    expect(await call(session, "GET", "orders")).toMatchObject({
      orders: [{ side: "sell", order_type: "limit", price: 51_000, quantity: 0.2 }],
    });
  });

  it("halts only when that is confirmed, and resumes in the same way", async () => {
    const dialog = page.getByRole("dialog", { name: "Halt trading?" });
    await page.getByRole("button", { name: "Kill switch…" }).click();
    expect(await page.evaluate("document.activeElement.id")).toBe("killCancel");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    expect(await call(session, "GET", "status")).toMatchObject({ status: "running" });

    await page.getByRole("button", { name: "Kill switch…" }).click();
    await dialog.getByLabel("Reason").fill("lunch");
    await dialog.getByRole("button", { name: "Halt", exact: true }).click();
    await page.getByText("Halted: kill switch: lunch").waitFor();
    expect(await call(session, "GET", "status")).toMatchObject({ status: "halted" });

    await page.getByRole("button", { name: "Resume…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Resume", exact: true }).click();
    await page.getByText("Running").waitFor();
    expect(await call(session, "GET", "status")).toMatchObject({ status: "running" });
  });

  it("closes everything when the kill switch is to", async () => {
    await call(session, "POST", "orders", market);
    await call(session, "POST", "orders", limit);
    await rows("orders").first().waitFor();
    await page.getByRole("button", { name: "Kill switch…" }).click();
    await page.getByLabel("Close everything at market").check();
    await page.getByRole("button", { name: "Halt and close everything" }).click();
    await page.getByText("Halted: kill switch: by the user").waitFor();
    await page.getByText("No open position.").waitFor();
    expect(await call(session, "GET", "positions")).toMatchObject({ positions: [] });
    expect(await call(session, "GET", "orders?limit=1")).toMatchObject({
      orders: [{ side: "sell", order_type: "market", status: "filled", quantity: 0.1, reduce_only: true }],
    });
  });

  it("survives a restart of the session: says so, comes back by itself, and misses nothing", async () => {
    await call(session, "POST", "orders", market);
    await rows("trades").first().waitFor();
    const { folder, port } = session;
    await session.stop();
    await page.getByText("Reconnecting").waitFor();
    session = await serveDashboard({ folder, port });
    await call(session, "POST", "orders", { ...market, side: "sell" });
    await isLive();
    await page.locator("#trades tbody tr:nth-child(2)").waitFor();
    expect(await rows("trades").count()).toBe(2);
    await page.getByText("No open position.").waitFor();
    await call(session, "POST", "orders", limit);
    await rows("orders").getByText("49,000").waitFor();
  });

  it("asks for a token where one is needed, and goes on with it", async () => {
    await session.stop();
    const { folder } = session;
    session = await serveDashboard({ folder, requireToken: true });
    const { token } = new TokenFile(session.stateDir).create(
      { name: "desk", scope: "trade", expires: null },
      Date.now(),
    );
    await page.goto(session.url);
    const dialog = page.getByRole("dialog", { name: "This session asks for a token" });
    await dialog.getByLabel("Token").fill("geosync_guessed");
    await dialog.getByRole("button", { name: "Connect" }).click();
    await dialog.getByRole("alert").getByText("expected a token").waitFor();
    await dialog.getByLabel("Token").fill(token);
    await dialog.getByRole("button", { name: "Connect" }).click();
    await isLive();
    await page.reload();
    await isLive();
    expect(await page.evaluate("localStorage.getItem('geosync-token')")).toBeNull();
    expect(page.url()).not.toContain(token);
    // Its scope is too small for the kill switch: the dialog says so.
    await page.getByRole("button", { name: "Kill switch…" }).click();
    await page.getByRole("button", { name: "Halt", exact: true }).click();
    await page.getByRole("alert").getByText("scope admin").waitFor();
  });

  it("fits a phone: one column, nothing beside the screen, everything in reach", async () => {
    await call(session, "POST", "orders", market);
    await call(session, "POST", "orders", limit);
    await look(phone);
    await rows("orders").first().waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    const wide = await page.evaluate<string[]>(`[...document.querySelectorAll("main *, header *")]
      .filter((one) => !one.closest(".chart, .sr, thead, svg") && one.getBoundingClientRect().right > 390.5)
      .map((one) => one.outerHTML.slice(0, 80))`);
    expect(wide).toEqual([]);
    await page.getByRole("button", { name: /^Cancel order 2/ }).tap();
    await page.getByText("No open order.").waitFor();
  });
});
