/** Whatever is asked of the exchange: nothing is made or lost but by trades and commissions, and locks are exact. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { type Fixed, parseFixed } from "../../src/domain/fixed.ts";
import { type FillState, type NewOrderList, type OrderState, VenueError } from "../../src/venue/contract.ts";
import { createExchange, type LocalExchange } from "../../src/venue/exchange.ts";
import { knownMarkets } from "../../src/venue/symbolRules.ts";
import { me, noon, order } from "./exchangeKit.ts";

const unit = 10n ** 8n;
const amount = ({ units, scale }: Fixed): bigint => (units * unit) / 10n ** BigInt(scale);
const product = (a: Fixed, b: Fixed): bigint => (a.units * b.units * unit) / 10n ** BigInt(a.scale + b.scale);

const side = fc.constantFrom("BUY", "SELL");
const size = fc.constantFrom("0.01", "0.2", "1.5", "6");
/** In tenths of a thousandth of the last price. */
const offset = fc.integer({ min: -30, max: 30 });
const action = fc.oneof(
  fc.record({ kind: fc.constant("market"), side, size }),
  fc.record({ kind: fc.constant("value"), side, size }),
  fc.record({ kind: fc.constant("limit"), side, size, offset, tif: fc.constantFrom("GTC", "IOC", "FOK") }),
  fc.record({ kind: fc.constant("stop"), side, size, offset, limit: fc.boolean() }),
  fc.record({ kind: fc.constant("oco"), side, size }),
  fc.record({ kind: fc.constant("otoco"), side, size, offset }),
  fc.record({ kind: fc.constant("cancel"), which: fc.nat(20) }),
  fc.record({ kind: fc.constant("wait"), seconds: fc.integer({ min: 1, max: 40 }) }),
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

it("free and locked add up after any stream of requests", () => {
  fc.assert(
    fc.property(
      fc.array(action, { minLength: 5, maxLength: 60 }),
      fc.nat(1000),
      fc.boolean(),
      (actions, seed, thin) => {
        let now = noon;
        const known = knownMarkets.get("BTCUSDT")!;
        const prices = { kind: "walk", price: known.price, volatility: 4 } as const;
        const exchange = createExchange({
          clock: () => now,
          seed,
          markets: [{ rules: known.rules, prices }],
          accounts: { [me]: { balances: { USDT: "300000", BTC: "5" }, maker: "0.0007", taker: "0.0013" } },
        });
        if (thin) exchange.setLiquidity(0.05);
        exchange.onAccount(me, (news) => {
          // Also in the middle of things no balance is told that is below 0.
          if (news.kind === "outboundAccountPosition") {
            for (const { free, locked } of news.balances) {
              expect(free.units >= 0n && locked.units >= 0n).toBe(true);
            }
          }
        });
        for (const one of actions) {
          if (one.kind === "wait") {
            now += one.seconds * 1000;
            exchange.advance();
          } else {
            try {
              perform(exchange, one);
            } catch (error) {
              if (!(error instanceof VenueError)) throw error;
            }
          }
          check(exchange);
        }
      },
    ),
    { numRuns: 40 },
  );
});

function perform(exchange: LocalExchange, one: Exclude<Action, { kind: "wait" }>): void {
  const last = Number(exchange.lastPrice("BTCUSDT").units);
  const at = (tenths: number): string => (Math.round(last * (1 + tenths / 10_000)) / 100).toFixed(2);
  const place = (text: string) => exchange.place(me, order(text));
  switch (one.kind) {
    case "market":
      place(`${one.side} MARKET ${one.size}`);
      return;
    case "value":
      place(`${one.side} MARKET for ${Number(one.size) * 20_000}`);
      return;
    case "limit":
      place(`${one.side} LIMIT ${one.size} @ ${at(one.offset!)} ${one.tif}`);
      return;
    case "stop":
      if (one.limit)
        place(`${one.side} STOP_LOSS_LIMIT ${one.size} @ ${at(one.offset! + 3)} stop ${at(one.offset!)}`);
      else place(`${one.side} STOP_LOSS ${one.size} stop ${at(one.offset!)}`);
      return;
    case "oco":
      exchange.placeList(me, exits(one.side!, one.size!, at));
      return;
    case "otoco": {
      const { orders } = exits(one.side === "BUY" ? "SELL" : "BUY", one.size!, at);
      const working = order(`${one.side} LIMIT ${one.size} @ ${at(one.offset!)}`);
      exchange.placeList(me, { kind: "OTOCO", listClientOrderId: null, working, pending: orders });
      return;
    }
    case "cancel": {
      const open = exchange.openOrders(me, null);
      if (open.length > 0) exchange.cancel(me, "BTCUSDT", open[one.which! % open.length]!, null);
    }
  }
}

function exits(side: string, size: string, at: (tenths: number) => string): NewOrderList & { kind: "OCO" } {
  const away = side === "SELL" ? 1 : -1;
  const goal = order(`${side} LIMIT_MAKER ${size} @ ${at(20 * away)}`);
  const stop = order(`${side} STOP_LOSS_LIMIT ${size} @ ${at(-25 * away)} stop ${at(-20 * away)}`);
  return { kind: "OCO", listClientOrderId: null, orders: [goal, stop] };
}

function check(exchange: LocalExchange): void {
  const fills = exchange.myTrades(me, "BTCUSDT", { limit: 100_000 });
  const orders = exchange.openOrders(me, null);
  for (const [asset, initial] of [
    ["BTC", 5n * unit],
    ["USDT", 300_000n * unit],
  ] as const) {
    const balance = exchange.balances(me).find((one) => one.asset === asset)!;
    const traded = fills.reduce((sum, fill) => sum + flow(fill, asset), 0n);
    expect(amount(balance.free) + amount(balance.locked)).toBe(initial + traded);
    expect(balance.free.units >= 0n).toBe(true);
    expect(amount(balance.locked)).toBe(lockedFor(orders, asset));
  }
  for (const state of exchange.allOrders(me, "BTCUSDT", { limit: 100_000 })) {
    const own = fills.filter(({ orderId }) => orderId === state.orderId);
    expect(own.reduce((sum, { qty }) => sum + amount(qty), 0n)).toBe(amount(state.executedQty));
    expect(own.reduce((sum, { quoteQty }) => sum + amount(quoteQty), 0n)).toBe(
      amount(state.cummulativeQuoteQty),
    );
  }
}

/** What a fill brought of an asset. */
function flow({ isBuyer, qty, price, commission, commissionAsset }: FillState, asset: string): bigint {
  const sign = isBuyer === (asset === "BTC") ? 1n : -1n;
  const moved = asset === "BTC" ? amount(qty) : product(qty, price);
  return sign * moved - (commissionAsset === asset ? amount(commission) : 0n);
}

/** Each open order locks what is left of it; of the legs of a list that are both open, the dearer one counts. */
function lockedFor(orders: readonly OrderState[], asset: string): bigint {
  const byList = new Map<string, bigint>();
  for (const one of orders) {
    if (one.status === "PENDING_NEW" || (one.side === "SELL") !== (asset === "BTC")) continue;
    const left = { units: one.origQty.units - one.executedQty.units, scale: one.origQty.scale };
    const price = one.price.units > 0n ? one.price : one.stopPrice;
    const need = one.side === "SELL" ? amount(left) : product(left, price);
    const key = one.orderListId < 0 ? `order ${one.orderId}` : `list ${one.orderListId}`;
    if (need > (byList.get(key) ?? 0n)) byList.set(key, need);
  }
  return [...byList.values()].reduce((sum, need) => sum + need, 0n);
}

it("counts amounts as the exchange does", () => {
  expect(product(parseFixed("0.1"), parseFixed("59999.99"))).toBe(5999_99900000n);
});
