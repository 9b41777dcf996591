/** Every limit of the risk policy, on numbers worked by hand: BTC stands at 100 and equity is 10,000 unless said. */
import { describe, expect, it } from "vitest";
import { Account } from "../../src/account/account.ts";
import { parseFixed } from "../../src/domain/fixed.ts";
import type { OrderSide } from "../../src/domain/order.ts";
import type { Bound, RiskLimits } from "../../src/domain/riskLimits.ts";
import type { RiskAccount } from "../../src/engine/exposure.ts";
import type { RiskVerdict } from "../../src/engine/riskPolicy.ts";
import { btc, type DeskStart, eth, future, RiskDesk } from "../support/riskDesk.ts";
import type { Ticket } from "../support/tradingFloor.ts";

const fixed = parseFixed;
const money = (text: string): Bound => ({ of: "money", amount: fixed(text) });
const share = (text: string): Bound => ({ of: "equity", amount: fixed(text) });
const most = (quantity: string) => ({ maxPosition: new Map([["*", fixed(quantity)]]) });
const long = (quantity: string): DeskStart => ({ held: [[btc, quantity, "100"]] });

type Row = readonly [what: string, RiskLimits, DeskStart, OrderSide, Ticket, RiskVerdict];

function check([, limits, start, side, ticket, verdict]: Row): void {
  expect(new RiskDesk(limits, start).order(side, ticket)).toBe(verdict);
}

it("an account of the engine is one that a policy can look at", () => {
  const account: RiskAccount = new Account({ kind: "cash", currency: "USD", cash: fixed("1") });
  expect(account.equity()).toBe(1);
});

describe("one order against one limit", () => {
  it.each<Row>([
    ["no limits", {}, {}, "buy", { quantity: "1000000" }, null],
    ["a position at its most", most("5"), {}, "buy", { quantity: "5" }, null],
    ["a position beyond it", most("5"), {}, "buy", { quantity: "5.00000001" }, "refused:max-position"],
    ["a short beyond it", most("5"), {}, "sell", { quantity: "6" }, "refused:max-position"],
    ["what adds to a position", most("5"), long("3"), "buy", { quantity: "3" }, "refused:max-position"],
    ["what reverses it at the market", most("5"), long("3"), "sell", { quantity: "8" }, null],
    ["what reverses it too far", most("5"), long("3"), "sell", { quantity: "9" }, "refused:max-position"],
    [
      "what reverses it at rest, when it may be gone",
      most("5"),
      long("3"),
      "sell",
      { quantity: "8", limit: "101" },
      "refused:max-position",
    ],
    [
      "the most that an order by value can buy",
      most("5"),
      {},
      "buy",
      { value: "490", cap: "5.1" },
      "refused:max-position",
    ],
    [
      "a quantity finer than a lot allows",
      most("4.999"),
      { held: [[eth, "0", "10"]] },
      "buy",
      { instrument: eth, quantity: "5" },
      "refused:max-position",
    ],
    [
      "another symbol's own most",
      { maxPosition: new Map([["ETH/USD", fixed("1")]]) },
      {},
      "buy",
      { quantity: "9" },
      null,
    ],

    ["value at its most", { maxNotional: money("500") }, {}, "buy", { quantity: "5" }, null],
    [
      "value beyond it",
      { maxNotional: money("500") },
      {},
      "buy",
      { quantity: "5.00000001" },
      "refused:max-notional",
    ],
    ["value as a share of equity", { maxNotional: share("0.05") }, {}, "sell", { quantity: "5" }, null],
    [
      "value beyond that share",
      { maxNotional: share("0.05") },
      {},
      "sell",
      { quantity: "6" },
      "refused:max-notional",
    ],
    [
      "a stop above the market, at its own price",
      { maxNotional: money("500") },
      {},
      "buy",
      { quantity: "4.6", stop: "110" },
      "refused:max-notional",
    ],
    [
      "a limit below the market, at the market's",
      { maxNotional: money("500") },
      {},
      "buy",
      { quantity: "6", limit: "80" },
      "refused:max-notional",
    ],
    [
      "contracts by their multiplier",
      { maxNotional: money("500") },
      { held: [[future, "0", "10"]] },
      "buy",
      { instrument: future, quantity: "6" },
      "refused:max-notional",
    ],

    [
      "gross: a long besides a short",
      { maxGrossExposure: money("1000") },
      {
        held: [
          [btc, "0", "100"],
          [eth, "-50", "10"],
        ],
      },
      "buy",
      { quantity: "5" },
      null,
    ],
    [
      "gross beyond its most",
      { maxGrossExposure: money("1000") },
      {
        held: [
          [btc, "0", "100"],
          [eth, "-50", "10"],
        ],
      },
      "buy",
      { quantity: "5.1" },
      "refused:max-gross-exposure",
    ],
    [
      "net: a short offsets a long",
      { maxNetExposure: money("100") },
      {
        held: [
          [btc, "0", "100"],
          [eth, "-50", "10"],
        ],
      },
      "buy",
      { quantity: "6" },
      null,
    ],
    [
      "net beyond its most",
      { maxNetExposure: money("100") },
      {
        held: [
          [btc, "0", "100"],
          [eth, "-50", "10"],
        ],
      },
      "buy",
      { quantity: "6.1" },
      "refused:max-net-exposure",
    ],
    [
      "net on the other side",
      { maxNetExposure: money("600") },
      {
        held: [
          [btc, "0", "100"],
          [eth, "-50", "10"],
        ],
      },
      "sell",
      { quantity: "1.1" },
      "refused:max-net-exposure",
    ],
    ["leverage at its most", { maxLeverage: fixed("2") }, {}, "buy", { quantity: "200" }, null],
    [
      "leverage beyond it",
      { maxLeverage: fixed("2") },
      {},
      "buy",
      { quantity: "200.00000001" },
      "refused:max-leverage",
    ],
    [
      "leverage without equity",
      { maxLeverage: fixed("2") },
      { cash: "-1" },
      "buy",
      { quantity: "0.1" },
      "refused:max-leverage",
    ],
    [
      "a symbol held that has no price",
      { maxLeverage: fixed("2") },
      {
        held: [
          [btc, "0", "100"],
          [eth, "1", null],
        ],
      },
      "buy",
      { quantity: "1" },
      "refused:no-price",
    ],

    [
      "a market order without a price",
      most("5"),
      { held: [[btc, "0", null]] },
      "buy",
      { quantity: "1" },
      "refused:no-price",
    ],
    [
      "an order by value without a price, which could not be sized",
      most("5"),
      { held: [[btc, "0", null]] },
      "buy",
      { value: "100", cap: "0" },
      "refused:no-price",
    ],
    [
      "a limit order that brings the first price",
      { maxNotional: money("99") },
      { held: [[btc, "0", null]] },
      "buy",
      { quantity: "1", limit: "99" },
      null,
    ],
    ["a limit at the collar", { priceCollar: fixed("0.05") }, {}, "buy", { limit: "105" }, null],
    [
      "a limit beyond it",
      { priceCollar: fixed("0.05") },
      {},
      "buy",
      { limit: "105.01" },
      "refused:price-collar",
    ],
    [
      "a limit beyond it, below",
      { priceCollar: fixed("0.05") },
      {},
      "buy",
      { limit: "94.99" },
      "refused:price-collar",
    ],
    ["a stop beyond it", { priceCollar: fixed("0.05") }, {}, "sell", { stop: "90" }, "refused:price-collar"],
    [
      "a stop-limit whose limit is beyond",
      { priceCollar: fixed("0.05") },
      {},
      "buy",
      { stop: "104", limit: "106" },
      "refused:price-collar",
    ],
    [
      "a limit without a market to compare it with",
      { priceCollar: fixed("0.05") },
      { held: [[btc, "0", null]] },
      "buy",
      { limit: "100" },
      "refused:no-price",
    ],

    ["a symbol on the list", { symbols: ["BTC/USD"] }, {}, "buy", {}, null],
    [
      "a symbol that is not",
      { symbols: ["BTC/USD"] },
      { held: [[eth, "0", "10"]] },
      "buy",
      { instrument: eth },
      "refused:symbol",
    ],
    ["a short where only longs are", { sides: ["buy"] }, {}, "sell", {}, "refused:side"],
    [
      "a reversal where only longs are",
      { sides: ["buy"] },
      long("1"),
      "sell",
      { quantity: "2" },
      "refused:side",
    ],
    ["the kill switch from the beginning", { killSwitch: true }, {}, "buy", {}, "refused:halted"],
  ])("%s", (...row) => check(row));
});

describe("what only reduces passes", () => {
  const strict: RiskLimits = {
    ...most("0.1"),
    maxNotional: money("1"),
    maxGrossExposure: money("1"),
    maxNetExposure: money("1"),
    maxLeverage: fixed("0.001"),
    maxOrdersPerSecond: 1,
    maxOrdersPerDay: 1,
    priceCollar: fixed("0.01"),
    symbols: ["ETH/USD"],
    sides: ["buy"],
    killSwitch: true,
  };

  it.each<Row>([
    ["a reduce-only order", strict, long("5"), "sell", { quantity: "5", reduceOnly: true }, null],
    ["a plain one, which is made reduce-only", strict, long("5"), "sell", { quantity: "5" }, "reduce-only"],
    ["a limit far from the market", strict, long("5"), "sell", { limit: "300" }, "reduce-only"],
    ["any sell on a cash account", strict, { ...long("5"), kind: "cash" }, "sell", { quantity: "9" }, null],
    ["what buys a short back", strict, long("-5"), "buy", { quantity: "5" }, "reduce-only"],
    ["what closes before there is a price", strict, { held: [[btc, "5", null]] }, "sell", {}, "reduce-only"],
    ["but not what goes on beyond zero", strict, long("5"), "sell", { quantity: "6" }, "refused:halted"],
  ])("%s", (...row) => check(row));

  it("also when orders of the second and the day are used up", () => {
    const desk = new RiskDesk({ maxOrdersPerSecond: 1, maxOrdersPerDay: 1 }, long("5"));
    expect([desk.order("buy", {}), desk.order("buy", {}), desk.order("sell", {})]).toEqual([
      null,
      "refused:order-rate",
      "reduce-only",
    ]);
  });
});
