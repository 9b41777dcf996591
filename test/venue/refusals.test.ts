/** What Binance would refuse, the local exchange refuses: same codes, same words, and nothing has happened. */
import { expect, it } from "vitest";
import { me, money, order, scripted } from "./exchangeKit.ts";

const market = () => scripted({ prices: ["60000", "60000"] });

it.each([
  ["BUY MARKET 0.000001", -1013, "Filter failure: LOT_SIZE"],
  ["BUY MARKET 0.000015", -1013, "Filter failure: LOT_SIZE"],
  ["BUY LIMIT 9001 @ 60000", -1013, "Filter failure: LOT_SIZE"],
  ["SELL MARKET 121", -1013, "Filter failure: MARKET_LOT_SIZE"],
  ["BUY MARKET 0.000000001", -1111, "Parameter 'quantity' has too much precision."],
  ["BUY LIMIT 0.1 @ 59000.005", -1013, "Filter failure: PRICE_FILTER"],
  ["BUY LIMIT 0.1 @ 59000.000000001", -1111, "Parameter 'price' has too much precision."],
  ["BUY STOP_LOSS_LIMIT 0.1 @ 61000 stop 61000.001", -1013, "Filter failure: PRICE_FILTER"],
  ["BUY LIMIT 0.1 @ 2000000", -1013, "Filter failure: PRICE_FILTER"],
  ["BUY LIMIT 0.1 @ 0", -1013, "Invalid price."],
  ["BUY LIMIT 0 @ 60000", -1013, "Invalid quantity."],
  ["BUY LIMIT 0.001 @ 11999.99", -1013, "Filter failure: PERCENT_PRICE_BY_SIDE"],
  ["SELL LIMIT 0.001 @ 300000.01", -1013, "Filter failure: PERCENT_PRICE_BY_SIDE"],
  ["BUY LIMIT 0.00008 @ 60000", -1013, "Filter failure: NOTIONAL"],
  ["BUY MARKET 0.00008", -1013, "Filter failure: NOTIONAL"],
  ["BUY MARKET for 4.99", -1013, "Filter failure: NOTIONAL"],
  ["SELL LIMIT 160 @ 60000", -1013, "Filter failure: NOTIONAL"],
  ["BUY MARKET 2", -2010, "Account has insufficient balance for requested action."],
  ["BUY MARKET for 100000.01", -2010, "Account has insufficient balance for requested action."],
  ["BUY LIMIT 2 @ 50000.01", -2010, "Account has insufficient balance for requested action."],
  ["SELL LIMIT 10.00001 @ 61000", -2010, "Account has insufficient balance for requested action."],
  ["BUY LIMIT_MAKER 0.1 @ 60000", -2010, "Order would immediately match and take."],
  ["SELL LIMIT_MAKER 0.1 @ 59999.99", -2010, "Order would immediately match and take."],
  ["BUY STOP_LOSS 0.1 stop 60000", -2010, "Stop price would trigger immediately."],
  ["SELL STOP_LOSS 0.1 stop 60000", -2010, "Stop price would trigger immediately."],
  ["BUY TAKE_PROFIT 0.1 stop 60001", -2010, "Stop price would trigger immediately."],
  ["SELL TAKE_PROFIT_LIMIT 0.1 @ 59000 stop 59999", -2010, "Stop price would trigger immediately."],
  ["BUY LIMIT 0.1", -1102, "Mandatory parameter 'price' was not sent, was empty/null, or malformed."],
  [
    "BUY LIMIT 0.1 @ 5 none",
    -1102,
    "Mandatory parameter 'timeInForce' was not sent, was empty/null, or malformed.",
  ],
  ["BUY MARKET", -1102, "Mandatory parameter 'quantity' was not sent, was empty/null, or malformed."],
  ["BUY STOP_LOSS 0.1", -1102, "Mandatory parameter 'stopPrice' was not sent, was empty/null, or malformed."],
  ["BUY MARKET 0.1 @ 60000", -1106, "Parameter 'price' sent when not required."],
  ["BUY LIMIT 0.1 @ 59000 stop 59000", -1106, "Parameter 'stopPrice' sent when not required."],
  ["BUY LIMIT_MAKER 0.1 @ 59000 GTC", -1106, "Parameter 'timeInForce' sent when not required."],
  ["BUY LIMIT @ 59000 for 100", -1106, "Parameter 'quoteOrderQty' sent when not required."],
  [
    "BUY MARKET 0.1 id a,b",
    -1100,
    "Illegal characters found in parameter 'newClientOrderId'; legal range is '^[\\.A-Z\\:/a-z0-9_-]{1,36}$'.",
  ],
] as const)("%s: %d %s", (text, code, message) => {
  const { exchange, told } = market();
  const before = money(exchange);
  expect(() => exchange.place(me, order(text))).toThrow(expect.objectContaining({ code, message }));
  expect([money(exchange), exchange.openOrders(me, null), told]).toEqual([before, [], []]);
});

it.each([
  ["a market that is not there", -1121, "Invalid symbol.", (x) => x.place(me, order("BUY MARKET 1", "NONE"))],
  [
    "an interval that is not there",
    -1120,
    "Invalid interval.",
    (x) => x.klines("BTCUSDT", "7m", { limit: 1 }),
  ],
  [
    "cancelling what is not there",
    -2011,
    "Unknown order sent.",
    (x) => x.cancel(me, "BTCUSDT", { orderId: 9 }, null),
  ],
  ["cancelling all of nothing", -2011, "Unknown order sent.", (x) => x.cancelAll(me, "BTCUSDT")],
  [
    "asking for what never was",
    -2013,
    "Order does not exist.",
    (x) => x.order(me, "BTCUSDT", { orderId: 9 }),
  ],
  ["a list that never was", -2018, "Order list does not exist.", (x) => x.list(me, { orderListId: 9 })],
] satisfies readonly [string, number, string, (x: ReturnType<typeof market>["exchange"]) => unknown][])(
  "%s is refused with %d",
  (_, code, message, act) => {
    expect(() => act(market().exchange)).toThrow(expect.objectContaining({ code, message }));
  },
);

it.each([
  [
    "MAX_NUM_ORDERS",
    { maxNumOrders: 2 },
    ["BUY LIMIT 0.1 @ 50000", "BUY LIMIT 0.1 @ 50000"],
    "SELL LIMIT 0.1 @ 70000",
  ],
  [
    "MAX_NUM_ALGO_ORDERS",
    { maxNumAlgoOrders: 1 },
    ["SELL STOP_LOSS 0.1 stop 50000"],
    "SELL STOP_LOSS 0.1 stop 50000",
  ],
])("%s counts what is open", (filter, rules, earlier, last) => {
  const { exchange } = scripted({ prices: ["60000"], rules });
  const placed = earlier.map((text) => exchange.place(me, order(text)).order);
  expect(() => exchange.place(me, order(last))).toThrow(`Filter failure: ${filter}`);
  exchange.place(me, order("BUY MARKET 0.1"));
  exchange.cancel(me, "BTCUSDT", { orderId: placed[0]!.orderId }, null);
  expect(exchange.place(me, order(last)).order.status).toBe("NEW");
});

it("an order's name is taken while it is open, and free again afterwards", () => {
  const { exchange } = market();
  exchange.place(me, order("BUY LIMIT 0.1 @ 50000 id mine"));
  expect(() => exchange.place(me, order("BUY MARKET 0.1 id mine"))).toThrow("Duplicate order sent.");
  exchange.cancel(me, "BTCUSDT", { origClientOrderId: "mine" }, null);
  const again = exchange.place(me, order("BUY MARKET 0.1 id mine")).order;
  expect(again.status).toBe("FILLED");
  // Asked for by name, it is the later one.
  expect(exchange.order(me, "BTCUSDT", { origClientOrderId: "mine" }).orderId).toBe(again.orderId);
});

it("a test checks everything and places nothing", () => {
  const { exchange, told } = market();
  exchange.place(me, order("BUY LIMIT 0.1 @ 50000 test"));
  expect(() => exchange.place(me, order("BUY LIMIT 10 @ 50000 test"))).toThrow("insufficient balance");
  expect([exchange.openOrders(me, null), told]).toEqual([[], []]);
  expect(exchange.balances(me)).toContainEqual({
    asset: "USDT",
    free: { units: 100000_00000000n, scale: 8 },
    locked: { units: 0n, scale: 8 },
  });
});
