/** Rules of markets: the usual ones, and those that suit the prices of any file. */
import { expect, it } from "vitest";
import { formatFixed, parseFixed } from "../../src/domain/fixed.ts";
import { createExchange } from "../../src/venue/exchange.ts";
import { knownMarkets, rulesForPrices, rulesOf } from "../../src/venue/symbolRules.ts";
import { noon, plain } from "./exchangeKit.ts";

it.each([
  ["BTC/USDT", ["43000.1"], "BTCUSDT", "0.01", "0.00001"],
  ["AAPL", ["187.15", "187.2"], "AAPLUSD", "0.01", "0.0001"],
  ["PEPEUSDT", ["0.00000123"], "PEPEUSDT", "0.00000001", "1"],
  ["EUR/USD", ["1.08345"], "EURUSD", "0.00001", "0.01"],
  ["XYZ/BTC", ["3", "4"], "XYZBTC", "1", "0.01"],
])("%s at %j trades as %s, tick %s, step %s", (symbol, prices, name, tick, step) => {
  const rules = rulesForPrices(symbol, prices.map(parseFixed));
  expect([rules.symbol, formatFixed(rules.tickSize), formatFixed(rules.stepSize)]).toEqual([
    name,
    tick,
    step,
  ]);
});

it("money has eight decimals: steps that need more are refused", () => {
  for (const { rules } of knownMarkets.values()) {
    expect(rules.tickSize.scale + rules.stepSize.scale).toBeLessThanOrEqual(8);
  }
  expect(() => rulesOf("A", "B", { tickSize: "0.00001", stepSize: "0.0001" })).toThrow(
    "AB: expected tick and step of 8 decimals together, found 9",
  );
});

it("a file plays as fast as it is asked to, on the exchange's clock", () => {
  let now = noon;
  const rows = [0, 60, 120, 180].map((second) => ({
    time: second * 1000,
    price: parseFixed(`${100 + second}`),
    volume: null,
  }));
  const prices = { kind: "rows", rows, speed: 60 } as const;
  const exchange = createExchange({
    clock: () => now,
    markets: [{ rules: rulesForPrices("BTCUSDT", []), prices }],
  });
  const last: unknown[] = [];
  for (const ms of [0, 999, 1, 1000, 5000]) {
    now += ms;
    exchange.advance();
    last.push(plain(exchange.lastPrice("BTCUSDT")));
  }
  // When the file ends, the market stands still.
  expect(last).toEqual(["100", "100", "160", "220", "280"]);
});

it("a file without a row, or out of order, is refused", () => {
  const open = (times: readonly number[]) => () => {
    const rows = times.map((time) => ({ time, price: parseFixed("1"), volume: null }));
    const markets = [{ rules: rulesForPrices("BTCUSDT", []), prices: { kind: "rows", rows } as const }];
    createExchange({ clock: () => noon, markets });
  };
  expect(open([])).toThrow("found no row");
  expect(open([2000, 1000])).toThrow("expected time 2000 or later, found 1000");
});
