/** The lives of single orders, held to numbers by hand. BTC at 60,000: bid 59,999.99, ask 60,000 after a buy. */
import { expect, it } from "vitest";
import { me, money, order, plain, scripted, story } from "./exchangeKit.ts";

it("a market order takes the book and pays its commission in what it receives", () => {
  const { exchange, told, news } = scripted({ prices: ["60000"] });
  const { order: bought, fills } = exchange.place(me, order("BUY MARKET 0.01 id b"));
  expect(plain(bought)).toMatchObject({ status: "FILLED", executedQty: "0.01", cummulativeQuoteQty: "600" });
  expect(plain(fills)).toMatchObject([{ price: "60000", commission: "0.00001", commissionAsset: "BTC" }]);
  expect(money(exchange)).toBe("BTC 10.00999, USDT 99400");
  const { fills: sold } = exchange.place(me, order("SELL MARKET 0.01 id s"));
  // 599.9999 × 0.1 % = 0.5999999
  expect(plain(sold)).toMatchObject([
    { price: "59999.99", commission: "0.5999999", commissionAsset: "USDT" },
  ]);
  expect(money(exchange)).toBe("BTC 9.99999, USDT 99999.3999001");
  expect(story(told)).toEqual([
    "NEW b",
    "TRADE b 0.01 @ 60000 taker",
    "NEW s",
    "TRADE s 0.01 @ 59999.99 taker",
  ]);
  const trades = news.flatMap((one) => (one.kind === "trade" ? [plain(one.trade)] : []));
  expect(trades).toMatchObject([{ isBuyerMaker: false }, { isBuyerMaker: true, price: "59999.99" }]);
});

it("an order by value buys whole steps within it", () => {
  const { exchange } = scripted({ prices: ["60000"] });
  const { order: bought } = exchange.place(me, order("BUY MARKET for 100"));
  // 100 / 60000 = 0.0016666…
  expect(plain(bought)).toMatchObject({
    status: "FILLED",
    origQty: "0.00166",
    executedQty: "0.00166",
    cummulativeQuoteQty: "99.6",
    origQuoteOrderQty: "100",
  });
});

it("a limit locks its value, rests, and fills as maker at its own price when the market goes through it", () => {
  const { exchange, told, step } = scripted({ prices: ["60000", "-59990", "-59980"] });
  exchange.place(me, order("BUY LIMIT 0.01 @ 59990 id b"));
  expect(money(exchange)).toBe("BTC 10, USDT 99400.1 (599.9 locked)");
  step();
  // Traded at, not through.
  expect(money(exchange)).toBe("BTC 10, USDT 99400.1 (599.9 locked)");
  step();
  expect(money(exchange)).toBe("BTC 10.00999, USDT 99400.1");
  expect(story(told)).toEqual(["NEW b", "TRADE b 0.01 @ 59990 maker"]);
});

it("a limit beyond the market takes at the market's price, and gets the difference back", () => {
  const { exchange } = scripted({ prices: ["60000"] });
  const { order: bought } = exchange.place(me, order("BUY LIMIT 0.01 @ 61000"));
  expect(plain(bought)).toMatchObject({ status: "FILLED", cummulativeQuoteQty: "600" });
  expect(money(exchange)).toBe("BTC 10.00999, USDT 99400");
});

it.each(["IOC", "FOK"])("%s: what cannot be had at once expires", (inForce) => {
  const { exchange, told } = scripted({ prices: ["60000"] });
  const { bids } = exchange.depth("BTCUSDT", 1);
  const { order: sold } = exchange.place(me, order(`SELL LIMIT 10 @ 59999.99 ${inForce} id s`));
  const filled = inForce === "IOC" ? bids[0]!.qty : { units: 0n, scale: 5 };
  expect(sold).toMatchObject({ status: "EXPIRED", executedQty: filled });
  expect(story(told).at(-1)).toBe("EXPIRED s");
  expect(money(exchange)).not.toContain("locked");
});

it("a thin book fills a resting order in parts", () => {
  const { exchange, told, step } = scripted({ prices: ["60000", "-59980", "60000", "-59980"] });
  exchange.setLiquidity(0.001);
  exchange.place(me, order("BUY LIMIT 0.5 @ 59990 id b"));
  step();
  const [state] = exchange.openOrders(me, "BTCUSDT");
  expect(state).toMatchObject({ status: "PARTIALLY_FILLED" });
  expect(state!.executedQty.units).toBeGreaterThan(0n);
  const before = story(told).length;
  step(2);
  expect(story(told).length).toBeGreaterThan(before);
  // What is left of the lock is what is left of the order.
  const [later] = exchange.openOrders(me, "BTCUSDT");
  const left = later!.origQty.units - later!.executedQty.units;
  const locked = exchange.balances(me).find(({ asset }) => asset === "USDT")!.locked;
  expect(locked.units).toBe(left * 5999000n * 10n);
});

it.each([
  ["SELL STOP_LOSS 0.01 stop 59990", ["60000", "59990.01", "59990"], "0.01 @ 59989.99"],
  ["BUY STOP_LOSS 0.01 stop 60010", ["60000", "60009.99", "60010"], "0.01 @ 60010"],
  ["SELL TAKE_PROFIT 0.01 stop 60010", ["60000", "60009.99", "60010"], "0.01 @ 60009.99"],
  ["BUY TAKE_PROFIT 0.01 stop 59990", ["60000", "59990.01", "-59990"], "0.01 @ 59990.01"],
  ["SELL STOP_LOSS_LIMIT 0.01 @ 59980 stop 59990", ["60000", "59990.01", "59990"], "0.01 @ 59989.99"],
])("%s waits for the last price, then meets the market", (text, prices, fill) => {
  const { exchange, told, step } = scripted({
    prices: [prices[0]!, prices[1]!, prices[2]!.replace(/^59990$/, "-59990")],
  });
  exchange.place(me, order(`${text} id x`));
  expect(exchange.openOrders(me, null)).toMatchObject([{ isWorking: false, workingTime: -1 }]);
  step();
  expect(story(told)).toEqual(["NEW x"]);
  step();
  const at = text.startsWith("SELL STOP") ? fill.replace("59989.99", "59990") : fill;
  expect(story(told)).toEqual(["NEW x", "NEW x", `TRADE x ${at} taker`]);
});

it("a stop-limit that is triggered beyond its limit rests in the book", () => {
  const { exchange, step, told } = scripted({ prices: ["60000", "-59900", "60020"] });
  exchange.place(me, order("SELL STOP_LOSS_LIMIT 0.01 @ 59990 stop 59995 id x"));
  step();
  expect(exchange.openOrders(me, null)).toMatchObject([{ isWorking: true, status: "NEW" }]);
  step();
  expect(story(told).at(-1)).toBe("TRADE x 0.01 @ 59990 maker");
});

it("cancelling frees what was locked; all of them at once as well", () => {
  const { exchange, told } = scripted({ prices: ["60000"] });
  exchange.place(me, order("BUY LIMIT 0.1 @ 50000 id a"));
  exchange.place(me, order("SELL LIMIT 1 @ 70000 id b"));
  exchange.place(me, order("SELL STOP_LOSS 1 stop 50000 id c"));
  expect(money(exchange)).toBe("BTC 8 (2 locked), USDT 95000 (5000 locked)");
  exchange.cancel(me, "BTCUSDT", { origClientOrderId: "a" }, "bye");
  expect(told.at(-2)).toMatchObject({ executionType: "CANCELED", requestClientOrderId: "bye" });
  expect(exchange.cancelAll(me, "BTCUSDT")).toHaveLength(2);
  expect(money(exchange)).toBe("BTC 10, USDT 100000");
});

it("cancel-replace goes on after a failed cancel only when it may", () => {
  const { exchange } = scripted({ prices: ["60000"] });
  const request = {
    cancel: { orderId: 77 },
    cancelNewClientOrderId: null,
    order: order("BUY LIMIT 0.1 @ 50000"),
  };
  const stopped = exchange.cancelReplace(me, { ...request, mode: "STOP_ON_FAILURE" });
  expect(stopped).toMatchObject({ cancelled: { code: -2011 }, placed: null });
  const went = exchange.cancelReplace(me, { ...request, mode: "ALLOW_FAILURE" });
  expect(went).toMatchObject({ cancelled: { code: -2011 }, placed: { order: { status: "NEW" } } });
  const [old] = exchange.openOrders(me, null);
  const both = exchange.cancelReplace(me, { ...request, cancel: old!, mode: "STOP_ON_FAILURE" });
  expect(both).toMatchObject({ cancelled: { status: "CANCELED" }, placed: { order: { status: "NEW" } } });
  expect(exchange.openOrders(me, null)).toHaveLength(1);
});

it("BNB pays commissions at a quarter less, as long as there is some", () => {
  const rules = { baseAsset: "BTC", quoteAsset: "BNB", symbol: "BTCBNB" };
  const account = { balances: { BNB: "101" }, payInBnb: true };
  const { exchange } = scripted({ prices: ["100"], rules, account });
  const first = exchange.place(me, order("BUY MARKET 0.5", "BTCBNB")).fills;
  expect(plain(first)).toMatchObject([{ commission: "0.0375", commissionAsset: "BNB" }]);
  const second = exchange.place(me, order("BUY MARKET for 50.96", "BTCBNB")).fills;
  expect(plain(second)).toMatchObject([{ commissionAsset: "BTC" }]);
});

it("questions page through orders and trades", () => {
  const { exchange } = scripted({ prices: ["60000"] });
  for (let n = 0; n < 5; n++) exchange.place(me, order("BUY MARKET 0.001"));
  const all = exchange.allOrders(me, "BTCUSDT", { limit: 500 });
  expect(all.map(({ orderId }) => orderId)).toEqual([1, 2, 3, 4, 5]);
  const later = exchange.allOrders(me, "BTCUSDT", { orderId: 3, limit: 2 });
  expect(later.map(({ orderId }) => orderId)).toEqual([3, 4]);
  const trades = exchange.myTrades(me, "BTCUSDT", { limit: 2 });
  expect(trades.map(({ orderId }) => orderId)).toEqual([4, 5]);
  const since = exchange.myTrades(me, "BTCUSDT", { fromId: trades[0]!.id, limit: 1 });
  expect(since.map(({ orderId }) => orderId)).toEqual([4]);
  expect(exchange.myTrades(me, "BTCUSDT", { orderId: 2, limit: 9 })).toHaveLength(1);
});
