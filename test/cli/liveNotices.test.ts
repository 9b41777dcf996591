import { expect, it } from "vitest";
import { LiveNotices } from "../../src/cli/liveNotices.ts";
import type { SessionEvent } from "../../src/run/session/events.ts";

const account = (time: string, equity: string): SessionEvent => ({
  ...{ event: "account", time, currency: "USDT", equity, realised: "0", unrealised: "0", drawdown: -0.02 },
  ...{ maxDrawdown: -0.02, dataAgeMs: 1, prices: {}, openOrders: [] },
  positions: [{ symbol: "BTC/USDT", quantity: "0.5", entryPrice: 1, unrealised: "0" }],
});
const fill = (time: string): SessionEvent => ({
  ...{ event: "fill", time, id: "1", symbol: "BTC/USDT", side: "buy", quantity: "1", price: "2", fee: "0" },
  feeCurrency: "USDT",
});

it("sums up a day when the next one begins", () => {
  const told: string[] = [];
  const notices = new LiveNotices(({ kind, text }) => void told.push(`${kind} ${text}`));
  for (const event of [
    account("2024-01-01T00:01:00Z", "1000"),
    fill("2024-01-01T10:00:00Z"),
    account("2024-01-01T23:59:00Z", "1100"),
    account("2024-01-02T00:01:00Z", "1200"),
    account("2024-01-03T00:01:00Z", "1300"),
  ])
    notices.see(event);
  expect(told).toEqual([
    "fill filled 1: buy 1 BTC/USDT at 2, fee 0 USDT",
    "summary 2024-01-01: equity 1,100.00 USDT (10.00 % on the day, 2.00 % below its peak), 1 fills, holding 0.5 BTC/USDT",
    "summary 2024-01-02: equity 1,200.00 USDT (9.09 % on the day, 2.00 % below its peak), 0 fills, holding 0.5 BTC/USDT",
  ]);
});

it("tells of start, halts, errors and the end, and of nothing else", () => {
  const told: string[] = [];
  const notices = new LiveNotices(({ kind }) => void told.push(kind));
  const time = "2024-01-01T00:00:00Z";
  const status = { event: "status", time, kind: "stalled", message: "silent" } as const;
  for (const event of [
    { event: "bar", time, symbol: "A", close: 1, equity: "1" },
    { ...status, level: "warning" },
    { ...status, level: "error" },
    { event: "halted", time, because: "x" },
    { event: "resumed", time },
    { event: "stopping", time, because: "x" },
  ] as const)
    notices.see(event);
  notices.failed(new Error("gone"));
  expect(told).toEqual(["error", "halted", "resumed", "stopped", "error"]);
});
