/** An exchange that is saved and opened again is the same exchange. */
import { expect, it } from "vitest";
import { createExchange, type LocalExchange } from "../../src/venue/exchange.ts";
import type { ChangeRecord, SavedExchange } from "../../src/venue/savedState.ts";
import { knownMarkets } from "../../src/venue/symbolRules.ts";
import { me, noon, order, plain } from "./exchangeKit.ts";

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

let now = noon;

function open(saved?: SavedExchange): LocalExchange {
  const markets = ["BTCUSDT", "ETHUSDT"].map((symbol) => {
    const { rules, price } = knownMarkets.get(symbol)!;
    return { rules, prices: { kind: "walk", price } as const };
  });
  const accounts = { [me]: { balances: { USDT: "100000", BTC: "3" } } };
  return createExchange({ clock: () => now, markets, accounts, seed: 5 }, saved);
}

function trade(exchange: LocalExchange): void {
  const price = (percent: number): string => {
    const { units } = exchange.lastPrice("BTCUSDT");
    return (Math.round(Number(units) * (1 + percent / 100)) / 100).toFixed(2);
  };
  exchange.place(me, order("BUY MARKET 0.5"));
  exchange.place(me, order("BUY MARKET 1", "ETHUSDT"));
  exchange.place(me, order(`BUY LIMIT 0.1 @ ${price(-0.05)} id near`));
  exchange.place(me, order(`SELL LIMIT 0.1 @ ${price(5)} id far`));
  exchange.cancel(me, "BTCUSDT", { origClientOrderId: "far" }, null);
  exchange.place(me, order(`SELL LIMIT 0.2 @ ${price(4)} id far`));
  exchange.placeList(me, {
    kind: "OCO",
    listClientOrderId: "exits",
    orders: [order(`SELL LIMIT_MAKER 1 @ ${price(0.1)}`), order(`SELL STOP_LOSS 1 stop ${price(-0.1)}`)],
  });
  exchange.placeList(me, {
    kind: "OTO",
    listClientOrderId: "later",
    working: order(`BUY LIMIT 0.1 @ ${price(-3)}`),
    pending: order(`SELL LIMIT 0.05 @ ${price(6)}`),
  });
}

const page = { limit: 100 };

function everything(exchange: LocalExchange): unknown {
  const symbols = ["BTCUSDT", "ETHUSDT"];
  return plain({
    balances: exchange.balances(me),
    open: exchange.openOrders(me, null),
    lists: exchange.openLists(me),
    orders: symbols.map((symbol) => exchange.allOrders(me, symbol, page)),
    trades: symbols.map((symbol) => exchange.myTrades(me, symbol, page)),
    last: symbols.map((symbol) => exchange.lastPrice(symbol)),
    klines: symbols.map((symbol) =>
      ["1s", "1m", "1h"].map((interval) => exchange.klines(symbol, interval, page)),
    ),
  });
}

it("from its state: the same at once, and the same half an hour later", () => {
  now = noon;
  const first = open();
  trade(first);
  now += 1000;
  const saved = throughJson(first.exportState());
  const second = open({ state: saved });
  expect(everything(second)).toEqual(everything(first));
  const accounts = (exchange: LocalExchange) => exchange.exportState().accounts;
  expect(accounts(second)).toEqual(accounts(first));
  now += 1_800_000;
  const [before, after] = [everything(first), everything(second)] as { balances: unknown; open: unknown[] }[];
  expect(after).toEqual(before);
  // Something happened in that time.
  expect(before!.open.length).toBeLessThan(5);
});

it("from an old state and the record of each change since", () => {
  now = noon;
  const first = open();
  const state = throughJson(first.exportState());
  const changes: ChangeRecord[] = [];
  first.onChange((record) => changes.push(throughJson(record)));
  now += 60_000;
  trade(first);
  now += 600_000;
  first.advance();
  first.place(me, order("SELL MARKET 0.01"));
  const second = open({ state, changes });
  const { klines: _, last: __, ...before } = everything(first) as Record<string, unknown>;
  expect(everything(second)).toMatchObject(before);
  // Names and numbers go on.
  const [a, b] = [first, second].map((one) => one.place(me, order("BUY MARKET 0.01")));
  expect(b!.order.orderId).toBe(a!.order.orderId);
  expect(b!.fills[0]!.id).toBeGreaterThan(first.myTrades(me, "BTCUSDT", page).at(-2)!.id);
});

it("tells a change before its request is answered, and all of a request in one record", () => {
  now = noon;
  const exchange = open();
  const records: ChangeRecord[] = [];
  exchange.onChange((record) => records.push(record));
  exchange.place(me, order("BUY MARKET 0.5"));
  expect(records).toHaveLength(1);
  const [{ accounts }] = records as [ChangeRecord];
  expect([accounts.orders.length, accounts.balances.length]).toEqual([1, 2]);
  expect(accounts.fills.length).toBeGreaterThan(0);
});

it("orders fill while the exchange is away, as its market goes on", () => {
  now = noon;
  const first = open();
  const { units } = first.lastPrice("BTCUSDT");
  first.place(me, order(`BUY LIMIT 0.01 @ ${(Number(units) / 100 - 10).toFixed(2)} id near`));
  const state = throughJson(first.exportState());
  now += 3_600_000;
  const second = open({ state });
  expect(second.order(me, "BTCUSDT", { origClientOrderId: "near" }).status).toBe("FILLED");
});
