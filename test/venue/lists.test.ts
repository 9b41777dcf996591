/** Order lists: OCO, OTO, OTOCO. */
import { expect, it } from "vitest";
import type { NewOrderList } from "../../src/venue/contract.ts";
import { me, money, order, scripted, story } from "./exchangeKit.ts";

const oco = (above: string, below: string): NewOrderList => ({
  kind: "OCO",
  listClientOrderId: "list",
  orders: [order(above), order(below)],
});

const exits = oco("SELL LIMIT_MAKER 1 @ 60100 id goal", "SELL STOP_LOSS 1 stop 59900 id stop");

it("the legs of an OCO share their lock", () => {
  const { exchange, told } = scripted({ prices: ["60000"] });
  const { list } = exchange.placeList(me, exits);
  expect(list).toMatchObject({
    contingencyType: "OCO",
    listOrderStatus: "EXECUTING",
    listClientOrderId: "list",
  });
  expect(money(exchange)).toBe("BTC 9 (1 locked), USDT 100000");
  expect(story(told)).toEqual(["list EXECUTING", "NEW goal", "NEW stop"]);
  expect(exchange.openLists(me)).toHaveLength(1);
});

it("two that buy lock what the dearer one needs", () => {
  const { exchange } = scripted({ prices: ["60000"] });
  exchange.placeList(
    me,
    oco("BUY STOP_LOSS_LIMIT 1 @ 60200 stop 60100 id stop", "BUY LIMIT_MAKER 1 @ 59000 id goal"),
  );
  expect(money(exchange)).toBe("BTC 10, USDT 39800 (60200 locked)");
  exchange.cancel(me, "BTCUSDT", { origClientOrderId: "goal" }, null);
  expect(money(exchange)).toBe("BTC 10, USDT 100000");
});

it.each([
  [
    "the goal is reached",
    ["60000", "60200"],
    ["EXPIRED stop", "TRADE goal 1 @ 60100 maker", "list ALL_DONE"],
  ],
  [
    "the stop is reached",
    ["60000", "-59890"],
    ["EXPIRED goal", "NEW stop", "TRADE stop 1 @ 59890 taker", "list ALL_DONE"],
  ],
])("when %s, the other leg ends", (_, prices, happened) => {
  const { exchange, told, step } = scripted({ prices });
  exchange.setLiquidity(100);
  exchange.placeList(me, exits);
  told.length = 0;
  step();
  expect(story(told)).toEqual(happened);
  expect(exchange.list(me, { listClientOrderId: "list" }).listOrderStatus).toBe("ALL_DONE");
  expect(money(exchange)).not.toContain("locked");
});

it("cancelling one leg, or the list, cancels both", () => {
  for (const byList of [false, true]) {
    const { exchange, told } = scripted({ prices: ["60000"] });
    exchange.placeList(me, exits);
    told.length = 0;
    if (byList) exchange.cancelList(me, "BTCUSDT", { listClientOrderId: "list" });
    else exchange.cancel(me, "BTCUSDT", { origClientOrderId: "stop" }, null);
    expect([...story(told)].sort()).toEqual(["CANCELED goal", "CANCELED stop", "list ALL_DONE"]);
    expect(money(exchange)).toBe("BTC 10, USDT 100000");
    expect(() => exchange.cancelList(me, "BTCUSDT", { listClientOrderId: "list" })).toThrow(
      "Unknown order sent.",
    );
  }
});

it.each([
  ["the goal on the wrong side", oco("SELL LIMIT_MAKER 1 @ 59950 id a", "SELL STOP_LOSS 1 stop 59900 id b")],
  ["the stop on the wrong side", oco("SELL LIMIT_MAKER 1 @ 60100 id a", "SELL STOP_LOSS 1 stop 60050 id b")],
  [
    "a buy with its prices the other way round",
    oco("BUY LIMIT_MAKER 1 @ 60100 id a", "BUY STOP_LOSS 1 stop 59900 id b"),
  ],
  ["two stops", oco("SELL STOP_LOSS 1 stop 60100 id a", "SELL STOP_LOSS 1 stop 59900 id b")],
  ["different quantities", oco("SELL LIMIT_MAKER 2 @ 60100 id a", "SELL STOP_LOSS 1 stop 59900 id b")],
  ["different sides", oco("BUY LIMIT_MAKER 1 @ 60100 id a", "SELL STOP_LOSS 1 stop 59900 id b")],
])("an OCO with %s is refused whole", (_, request) => {
  const { exchange, told } = scripted({ prices: ["60000"] });
  expect(() => exchange.placeList(me, request)).toThrow(
    expect.objectContaining({
      code: -2010,
      message: "The relationship of the prices for the orders is not correct.",
    }),
  );
  expect([exchange.openOrders(me, null), told, money(exchange)]).toEqual([[], [], "BTC 10, USDT 100000"]);
});

it("lists are counted, and what they cannot pay is refused", () => {
  const { exchange } = scripted({ prices: ["60000"], rules: { maxNumOrderLists: 1 } });
  const big = oco("SELL LIMIT_MAKER 11 @ 60100 id a", "SELL STOP_LOSS 11 stop 59900 id b");
  expect(() => exchange.placeList(me, big)).toThrow("insufficient balance");
  exchange.placeList(me, exits);
  const more = oco("SELL LIMIT_MAKER 1 @ 60100 id a", "SELL STOP_LOSS 1 stop 59900 id b");
  expect(() => exchange.placeList(me, more)).toThrow("Filter failure: MAX_NUM_ORDER_LISTS");
});

const bracket: NewOrderList = {
  kind: "OTOCO",
  listClientOrderId: "bracket",
  working: order("BUY LIMIT 1 @ 59990 id entry"),
  pending: [
    order("SELL LIMIT_MAKER 1 @ 60100 id goal"),
    order("SELL STOP_LOSS_LIMIT 1 @ 59700 stop 59800 id stop"),
  ],
};

it("an OTOCO protects its entry from the moment that it has filled", () => {
  const account = { balances: { USDT: "100000", BTC: "1" } };
  const { exchange, told, step } = scripted({ prices: ["60000", "-59980", "60200"], account });
  exchange.setLiquidity(100);
  exchange.placeList(me, bracket);
  expect(exchange.openOrders(me, null).map(({ status }) => status)).toEqual([
    "NEW",
    "PENDING_NEW",
    "PENDING_NEW",
  ]);
  expect(money(exchange)).toBe("BTC 1, USDT 40010 (59990 locked)");
  told.length = 0;
  step();
  expect(story(told)).toEqual(["TRADE entry 1 @ 59990 maker", "NEW goal", "NEW stop"]);
  expect(money(exchange)).toBe("BTC 0.999 (1 locked), USDT 40010");
  told.length = 0;
  step();
  expect(story(told)).toEqual(["EXPIRED stop", "TRADE goal 1 @ 60100 maker", "list ALL_DONE"]);
});

it("exits that the bought coins, less commission, do not cover expire", () => {
  const account = { balances: { USDT: "100000" } };
  const { exchange, told, step } = scripted({ prices: ["60000", "-59980"], account });
  exchange.setLiquidity(100);
  exchange.placeList(me, bracket);
  step();
  expect(story(told).slice(-4)).toEqual([
    "TRADE entry 1 @ 59990 maker",
    "EXPIRED goal",
    "EXPIRED stop",
    "list ALL_DONE",
  ]);
});

it.each(["entry", "goal", "stop"])("when the %s of a bracket is cancelled, all of it is", (name) => {
  const { exchange, told } = scripted({ prices: ["60000"] });
  exchange.placeList(me, bracket);
  told.length = 0;
  exchange.cancel(me, "BTCUSDT", { origClientOrderId: name }, null);
  expect([...story(told)].sort()).toEqual([
    "CANCELED entry",
    "CANCELED goal",
    "CANCELED stop",
    "list ALL_DONE",
  ]);
  expect(money(exchange)).toBe("BTC 10, USDT 100000");
});

it("the pending order of an OTO may be a market order", () => {
  const { exchange, told } = scripted({ prices: ["60000"] });
  const { fills } = exchange.placeList(me, {
    kind: "OTO",
    listClientOrderId: null,
    working: order("BUY LIMIT 0.001 @ 60000 id in"),
    pending: order("SELL MARKET 0.001 id out"),
  });
  expect(fills).toHaveLength(2);
  expect(story(told).at(-1)).toBe("list ALL_DONE");
});
