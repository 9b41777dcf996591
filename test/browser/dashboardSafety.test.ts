import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildWhenStale } from "../e2e/geosync.ts";
import { hasBrowser, openBrowser, openPage } from "../support/browser.ts";
import { call, type DashboardSession, serveDashboard } from "../support/dashboard.ts";
import { removeFolder } from "../support/servedSession.ts";

const attack = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;
const strategy = `
import { defineStrategy } from "geosync";
export default defineStrategy({ name: "rude", create: (_, ctx) => ({
  save: () => null,
  onBar() { if (ctx.symbols.length > 0) ctx.buy({ quantity: 0.01, tag: ${JSON.stringify(attack.slice(0, 100))} }); },
}) });
`;

describe.runIf(hasBrowser)("the dashboard among others", () => {
  let browser: Browser;
  let session: DashboardSession;

  beforeAll(async () => {
    buildWhenStale();
    [browser, session] = await Promise.all([openBrowser(), serveDashboard({ strategy })]);
    for (const side of ["buy", "sell"]) {
      const price = side === "buy" ? 49_000 : 51_000;
      await call(session, "POST", "orders", {
        ...{ symbol: "BTCUSD", side, order_type: "limit", quantity: 0.01, price, tag: attack.slice(0, 90) },
      });
    }
    const metadata = { reason: attack, "<b>note</b>": { deep: attack } };
    await call(session, "POST", "signals", { symbol: "BTCUSD", action: "hold", confidence: 0.6, metadata });
    await call(session, "POST", "halt", { reason: attack });
  });
  afterAll(async () => {
    await browser.close();
    await session.stop();
    removeFolder(session.folder);
  });

  it("shows what strategies, signals and users write as text, whatever they write", async () => {
    const { page, errors } = await openPage(browser);
    await page.goto(session.url);
    await page.locator("#signals tbody tr").first().waitFor();
    expect(await page.locator("#signals tbody tr").first().textContent()).toContain(`${attack} · 60% sure`);
    expect(await page.locator("#signals").textContent()).toContain(attack.slice(0, 100));
    expect(await page.locator("#banner").textContent()).toContain(attack);
    expect(await page.locator("main img, main script, .banner img").count()).toBe(0);
    expect(await page.title()).toBe("served · geosync");
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it("runs no script but its own, also where one got in", async () => {
    const { page, errors } = await openPage(browser);
    await page.goto(session.url);
    const tried = await page.evaluate<string[]>(`[
      () => document.body.setAttribute("onclick", "document.title = 'taken'"),
      () => { document.body.innerHTML = "<img src=x onerror=taken()>"; },
      () => { document.body.append(Object.assign(document.createElement("script"), { text: "taken()" })); },
    ].map((attempt) => { try { attempt(); return "done"; } catch (error) { return error.name; } })`);
    expect(tried).toEqual(["TypeError", "TypeError", "TypeError"]);
    expect(await page.title()).not.toBe("taken");
    expect(errors.join()).toMatch(/Content Security Policy|Trusted/i);
    await page.context().close();
  });

  it.each(["light", "dark"] as const)("can be read and named: %s", async (colorScheme) => {
    const { page } = await openPage(browser, { colorScheme });
    await page.goto(session.url);
    await page.locator("#orders tbody tr").nth(1).waitFor();
    expect(await page.evaluate<string>("getComputedStyle(document.body).backgroundColor")).toBe(
      colorScheme === "light" ? "rgb(244, 245, 247)" : "rgb(13, 16, 21)",
    );
    expect(await page.evaluate(faint)).toEqual([]);
    expect(await page.evaluate(nameless)).toEqual([]);
    await page.getByRole("button", { name: "Kill switch…" }).click();
    expect(await page.evaluate(faint)).toEqual([]);
    await page.context().close();
  });

  it("is light or dark as somebody wishes, also next time", async () => {
    const { page } = await openPage(browser, { colorScheme: "light" });
    await page.goto(session.url);
    const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    await page.getByRole("button", { name: "Theme: auto" }).click();
    await page.getByRole("button", { name: "Theme: light" }).click();
    expect(await ground()).toBe("rgb(13, 16, 21)");
    await page.reload();
    await page.getByRole("button", { name: "Theme: dark" }).waitFor();
    expect(await ground()).toBe("rgb(13, 16, 21)");
    await page.context().close();
  });

  it("is nothing that a page of another site can read, frame, or trade through", async () => {
    const before = await call<{ orders: object[] }>(session, "GET", "orders");
    const site = createServer((_, response) =>
      response.setHeader("content-type", "text/html").end("<p>hello"),
    );
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    const { page } = await openPage(browser);
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}`);
    const got = await page.evaluate<Record<string, string>>(`(async () => {
      const url = ${JSON.stringify(session.url)};
      const order = JSON.stringify({ symbol: "BTCUSD", side: "buy", quantity: 0.01 });
      const tried = (promise) => promise.then((a) => "read " + a.status + " " + a.type, () => "failed");
      return {
        read: await tried(fetch(url + "/api/v1/positions")),
        order: await tried(fetch(url + "/api/v1/orders", {
          method: "POST", body: order, headers: { "content-type": "application/json" },
        })),
        plain: await tried(fetch(url + "/api/v1/orders", { method: "POST", body: order, mode: "no-cors" })),
        socket: await new Promise((resolve) => {
          const socket = new WebSocket(url.replace("http", "ws") + "/ws");
          socket.onopen = () => resolve("opened");
          socket.onerror = () => resolve("failed");
        }),
        frame: await new Promise((resolve) => {
          const frame = document.createElement("iframe");
          frame.src = url;
          frame.onload = () => { try { resolve(frame.contentDocument ? "ours" : "theirs"); } catch { resolve("theirs"); } };
          document.body.append(frame);
        }),
      };
    })()`);
    expect(got).toEqual({
      ...{ read: "failed", order: "failed", plain: "failed", socket: "failed", frame: "theirs" },
    });
    const frames = page.frames().map((frame) => frame.url());
    expect(frames.filter((url) => url.startsWith(session.url))).toEqual([]);
    const after = await call<{ orders: object[] }>(session, "GET", "orders");
    expect(after.orders).toHaveLength(before.orders.length);
    await page.context().close();
    site.close();
  });
});

/** Texts that stand out from what is behind them by less than 4.5 : 1. */
const faint = `(() => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = parts(color).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let one = element; one !== null; one = one.parentElement) {
      const { backgroundColor } = getComputedStyle(one);
      const [, , , alpha = 1] = parts(backgroundColor);
      if (alpha === 1) return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll("body *")]
    .filter((one) => !one.closest(".chart, .sr, .skip, noscript") && one.checkVisibility())
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ""))
    .flatMap((one) => {
      const [a, b] = [light(getComputedStyle(one).color), light(behind(one))].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      return ratio < 4.5 ? [ratio.toFixed(2) + " " + one.outerHTML.slice(0, 80)] : [];
    });
})()`;

/** Controls without a name for those who do not see what stands around them. */
const nameless = `[...document.querySelectorAll("input, select, button")]
  .filter((one) => !(one.ariaLabel || one.labels?.length > 0 || (one.tagName === "BUTTON" && one.textContent.trim())))
  .filter((one) => one.checkVisibility())
  .map((one) => one.outerHTML)`;
