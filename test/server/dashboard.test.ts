import { fastify } from "fastify";
import { beforeAll, describe, expect, it } from "vitest";
import { attachDashboard } from "../../src/server/dashboard.ts";
import { buildWhenStale } from "../e2e/geosync.ts";

const asked: (string | undefined)[] = [];
const access = {
  checkSite(host: string | undefined) {
    asked.push(host);
    if (host?.startsWith("evil")) throw Object.assign(new Error("no"), { statusCode: 403 });
  },
};

async function served() {
  const app = fastify();
  await attachDashboard(app, { access });
  return app;
}

beforeAll(buildWhenStale);

describe("the dashboard's files", () => {
  it.each([
    ["/", "text/html; charset=utf-8", "<!doctype html>"],
    ["/dashboard/app.js", "text/javascript; charset=utf-8", "TradingView Lightweight Charts"],
    ["/dashboard/app.css", "text/css; charset=utf-8", ":root"],
    ["/dashboard/favicon.svg", "image/svg+xml", "<svg"],
  ])("has %s", async (url, type, words) => {
    const answer = await (await served()).inject(url);
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, type]);
    expect(answer.body).toContain(words);
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    expect(answer.headers["content-security-policy"]).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
  });

  it("are loaded again only when they are others", async () => {
    const app = await served();
    const { headers } = await app.inject("/dashboard/app.js");
    const again = await app.inject({
      url: "/dashboard/app.js",
      headers: { "if-none-match": String(headers.etag) },
    });
    expect([again.statusCode, again.body]).toEqual([304, ""]);
    expect(again.headers["content-security-policy"]).toBe(headers["content-security-policy"]);
  });

  it("name no address but TradingView's, which the licence of its charts asks for, and no inline code", async () => {
    const app = await served();
    const { body } = await app.inject("/");
    expect([...body.matchAll(/https?:\/\/[^"/]+/g)].map(([url]) => url)).toEqual([
      "https://www.tradingview.com",
    ]);
    expect(body).not.toMatch(/\son\w+=|<script(?![^>]* src=)|\sstyle=/);
    expect((await app.inject("/dashboard/app.css")).body).not.toMatch(/url\(|@import/);
  });

  it("are for those who call this server by its name", async () => {
    const answer = await (await served()).inject({ url: "/", headers: { host: "evil.example:8080" } });
    expect(answer.statusCode).toBe(403);
    expect(asked).toContain("evil.example:8080");
  });
});
