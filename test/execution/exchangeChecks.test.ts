import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binanceRules } from "../../src/connectivity/ordersRules.ts";
import { Decimal } from "../../src/domain/decimal.ts";
import { OrderError } from "../../src/domain/errors.ts";
import { createOrder, type OrderInput } from "../../src/domain/order.ts";
import type { VenueAbilities } from "../../src/domain/ports.ts";
import { checkOrder } from "../../src/execution/exchangeChecks.ts";
import { binanceMarkets } from "../support/fakeSession.ts";

const abilities: VenueAbilities = {
  types: ["market", "limit", "stop", "stop_limit"],
  timeInForce: ["GTC", "IOC", "FOK"],
  postOnly: true,
  byValue: true,
  exits: true,
  clientIds: true,
};
const limits = {
  venue: "binance",
  abilities,
  clientId: /^[A-Za-z0-9]{1,20}$/,
  rules: binanceRules("BTC/USDT", binanceMarkets["BTC/USDT"].info),
};

function check(input: Partial<OrderInput>, changed: Partial<VenueAbilities> = {}): void {
  const order = createOrder({ symbol: "BTC/USDT", side: "buy", quantity: "0.001", ...input });
  checkOrder(order, { ...limits, abilities: { ...abilities, ...changed } });
}

function refusal(input: Partial<OrderInput>, changed?: Partial<VenueAbilities>): OrderError {
  try {
    check(input, changed);
  } catch (error) {
    if (error instanceof OrderError) return error;
    throw error;
  }
  throw new Error("expected a refusal, found none");
}

const limit = { type: "limit", price: "50000" } as const;

describe("an order is held against the venue's rules before it is sent", () => {
  it.each<[string, Partial<OrderInput>]>([
    ["a market order", {}],
    ["a limit order on the grid", { ...limit, price: "50000.01" }],
    ["trailing zeros", { ...limit, price: "50000.0100000", quantity: "0.00100000000" }],
    ["a stop", { type: "stop", stopPrice: "49000" }],
    ["a stop-limit", { type: "stop_limit", stopPrice: "49000", price: "48990", timeInForce: "GTC" }],
    ["post-only", { ...limit, postOnly: true }],
    ["immediate-or-cancel", { ...limit, timeInForce: "IOC" }],
    ["exactly the smallest value", { ...limit, price: "5000", quantity: "0.001" }],
    ["a value", { quantity: null, value: "12.12345678" }],
    ["the largest quantity of a market order", { quantity: "100" }],
  ])("passes %s", (_, input) => {
    expect(() => check(input)).not.toThrow();
  });

  it.each<[string, Partial<OrderInput>, RegExp, string | undefined]>([
    [
      "a price off the tick",
      { ...limit, price: "50000.015" },
      /Order\.price: expected a multiple of 0\.01, found 50000\.015/,
      "Nearest valid: 50000.01 or 50000.02.",
    ],
    [
      "a trigger off the tick",
      { type: "stop", stopPrice: "0.015" },
      /Order\.stopPrice: expected a multiple of 0\.01/,
      "Nearest valid: 0.01 or 0.02.",
    ],
    [
      "a quantity off the lot",
      { quantity: "0.001005" },
      /Order\.quantity: expected a multiple of 0\.00001, found 0\.001005/,
      "Nearest valid: 0.001 or 0.00101.",
    ],
    [
      "less than a lot",
      { quantity: "0.000001" },
      /Order\.quantity: expected a multiple of/,
      "Nearest valid: 0.00001.",
    ],
    [
      "a price below the least",
      { ...limit, price: "0.001", quantity: "9000" },
      /Order\.price: expected a price from 0\.01 to 1000000/,
      undefined,
    ],
    ["a price above the most", { ...limit, price: "1000000.01" }, /found 1000000\.01/, undefined],
    [
      "too much at the market",
      { quantity: "100.00001" },
      /Order\.quantity: expected at most 100, found 100\.00001/,
      "Send it in several orders.",
    ],
    [
      "too much at a limit",
      { ...limit, quantity: "9000.00001" },
      /expected at most 9000/,
      "Send it in several orders.",
    ],
    [
      "too little value",
      { ...limit, price: "4999.99" },
      /expected a value of at least 5 USDT, found 4\.99999/,
      undefined,
    ],
    [
      "too much value",
      { ...limit, price: "900000.01", quantity: "10" },
      /at most 9000000 USDT, found 9000000\.1/,
      undefined,
    ],
    ["a value too small", { quantity: null, value: "4.99" }, /at least 5 USDT, found 4\.99/, undefined],
    [
      "a value too fine",
      { quantity: null, value: "10.123456789" },
      /Order\.value: expected at most 8 decimals/,
      "Below: 10.12345678.",
    ],
    [
      "a lifetime it has not",
      { ...limit, timeInForce: "DAY" },
      /Order\.timeInForce: expected GTC, IOC, FOK on binance, found DAY/,
      "Send it as GTC and cancel it at its time.",
    ],
    [
      "a lifetime of a market order",
      { timeInForce: "IOC" },
      /expected none for a market order, found IOC/,
      "Leave it out; a limit order can be immediate-or-cancel.",
    ],
    ["post-only at the market", { postOnly: true }, /Order\.postOnly: expected a GTC limit order/, undefined],
    [
      "post-only and immediate",
      { ...limit, postOnly: true, timeInForce: "IOC" },
      /Order\.postOnly/,
      undefined,
    ],
    [
      "a name it would not take",
      { clientId: "a b" },
      /Order\.clientId: expected a name like .*, found "a b"/,
      undefined,
    ],
  ])("refuses %s", (_, input, message, hint) => {
    const error = refusal(input);
    expect(error.code).toBe("GEO-ORDER-REFUSED");
    expect(error.message).toMatch(message);
    if (hint !== undefined) expect(error.hint).toBe(hint);
  });

  it("refuses what the venue has not", () => {
    expect(refusal({ type: "stop", stopPrice: "1000" }, { types: ["market", "limit"] }).message).toMatch(
      /Order\.type: expected market, limit on binance, found stop/,
    );
    expect(refusal({ quantity: null, value: "10" }, { byValue: false }).message).toMatch(/Order\.value/);
    expect(refusal({ ...limit, postOnly: true }, { postOnly: false }).message).toMatch(/Order\.postOnly/);
  });

  it("names neighbours that are on the grid, on both sides of what was asked", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 9_999_999 }),
        fc.integer({ min: 1, max: 999 }),
        (whole, part) => {
          const asked = new Decimal(whole).div(100).plus(new Decimal(part).div(100_000));
          const { hint } = refusal({ type: "limit", price: asked, quantity: "10" });
          const [low, high] = [...hint!.matchAll(/\d+(?:\.\d+)?/g)].map(([text]) => new Decimal(text));
          expect(low!.lt(asked) && high!.gt(asked) && high!.minus(low!).eq("0.01")).toBe(true);
          for (const price of [low!, high!]) check({ type: "limit", price, quantity: "10" });
        },
      ),
    );
  });
});
