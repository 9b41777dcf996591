import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Decimal } from "../../src/domain/decimal.ts";
import { OrderError, ValidationError } from "../../src/domain/errors.ts";
import {
  applyChange,
  createOrder,
  isFinal,
  nextStatus,
  type Order,
  type OrderChange,
  type OrderInput,
  type OrderStatus,
  orderIdOf,
  type StatusChange,
} from "../../src/domain/order.ts";
import { reasons, statusOf } from "../../src/domain/reasons.ts";

const market: OrderInput = { symbol: "BTCUSDT", side: "buy", quantity: "1.5" };

function filled(quantity: string, price: string): OrderChange {
  return { kind: "filled", quantity: new Decimal(quantity), price: new Decimal(price) };
}

function changed(order: Order, ...changes: readonly OrderChange[]): Order {
  return changes.reduce(applyChange, order);
}

describe("an order's id", () => {
  it("is the text of its number, whatever was asked for before", () => {
    const numbers = fc.array(fc.oneof(fc.nat(3000), fc.nat({ max: Number.MAX_SAFE_INTEGER })));
    fc.assert(
      fc.property(numbers, (asked) => {
        expect(asked.map(orderIdOf)).toEqual(asked.map(String));
      }),
    );
    for (const number of [0, 1, 999, 1000, 1001, 1999, 2000, 999_999, 1_000_000]) {
      expect(orderIdOf(number)).toBe(String(number));
    }
  });
});

describe("createOrder", () => {
  it("makes a pending market order by default", () => {
    const order = createOrder(market);
    expect(order).toMatchObject({ symbol: "BTC/USDT", type: "market", status: "pending", inDoubt: false });
    expect(order).toMatchObject({
      price: null,
      stopPrice: null,
      averagePrice: null,
      reason: null,
      tag: null,
    });
    expect(order.quantity!.toFixed()).toBe("1.5");
    expect(order.filledQuantity.toFixed()).toBe("0");
    expect(Object.isFrozen(order)).toBe(true);
  });

  it.each<[string, Partial<OrderInput>]>([
    ["limit", { type: "limit", price: "100" }],
    ["stop", { type: "stop", stopPrice: 99.5 }],
    ["stop_limit", { type: "stop_limit", price: 100, stopPrice: new Decimal("99") }],
  ])("takes the prices that a %s order needs", (type, prices) => {
    expect(createOrder({ ...market, ...prices }).type).toBe(type);
  });

  it.each<[string, Record<string, unknown>]>([
    ["symbol", { symbol: "" }],
    ["symbol", { symbol: 5 }],
    ["side", { side: "long" }],
    ["type", { type: "trailing" }],
    ["Order.quantity", { quantity: 0 }],
    ["Order.quantity", { quantity: "-1" }],
    ["Order.quantity", { quantity: Number.NaN }],
    ["Order.quantity", { quantity: undefined }],
    ["Order.quantity", { quantity: true }],
    ["Order.price", { price: 100 }],
    ["Order.price", { type: "limit" }],
    ["Order.price", { type: "limit", price: null }],
    ["Order.price", { type: "limit", price: 0 }],
    ["Order.price", { type: "stop_limit", stopPrice: 1 }],
    ["Order.price", { type: "stop", stopPrice: 1, price: 1 }],
    ["Order.stopPrice", { stopPrice: 1 }],
    ["Order.stopPrice", { type: "stop" }],
    ["Order.stopPrice", { type: "stop", stopPrice: "-5" }],
    ["Order.stopPrice", { type: "limit", price: 1, stopPrice: 1 }],
    ["id", { id: 5 }],
    ["tag", { tag: 5 }],
    ["amount", { amount: 5 }],
  ])("refuses a bad %s: %j", (field, change) => {
    const create = (): Order => createOrder({ ...market, ...change } as OrderInput);
    expect(create).toThrow(ValidationError);
    expect(create).toThrow(field);
  });
});

describe("nextStatus", () => {
  const changes = ["accepted", "partially_filled", "filled", "cancelled", "rejected"] as const;
  it.each<[OrderStatus, ...(OrderStatus | "stale")[]]>([
    // after      accepted partially_filled    filled    cancelled    rejected
    ["pending", "open", "partially_filled", "filled", "cancelled", "rejected"],
    ["open", "stale", "partially_filled", "filled", "cancelled", "rejected"],
    ["partially_filled", "stale", "partially_filled", "filled", "cancelled", "rejected"],
    ["filled", "stale", "stale", "stale", "stale", "stale"],
    ["cancelled", "stale", "cancelled", "filled", "stale", "stale"],
    ["rejected", "stale", "rejected", "filled", "stale", "stale"],
  ])("%s", (status, ...expected) => {
    expect(changes.map((change: StatusChange) => nextStatus(status, change))).toEqual(expected);
  });

  it.each<[OrderStatus, boolean]>([
    ["pending", false],
    ["open", false],
    ["partially_filled", false],
    ["filled", true],
    ["cancelled", true],
    ["rejected", true],
  ])("%s is final: %s", (status, final) => {
    expect(isFinal(status)).toBe(final);
  });
});

describe("applyChange", () => {
  const order = createOrder({ ...market, quantity: "3" });

  it("takes the venue's id with its acceptance, and ends the doubt", () => {
    const doubtful: Order = { ...order, inDoubt: true };
    expect(applyChange(doubtful, { kind: "accepted", id: "v-1" })).toMatchObject({
      id: "v-1",
      status: "open",
      inDoubt: false,
    });
    expect(applyChange(doubtful, filled("1", "10")).inDoubt).toBe(false);
    expect(applyChange(doubtful, { kind: "rejected", reason: "no" }).inDoubt).toBe(false);
  });

  it("adds partial fills up to the whole", () => {
    const partly = changed(order, { kind: "accepted" }, filled("1", "100"), filled("0.5", "106"));
    expect(partly).toMatchObject({ status: "partially_filled", reason: null });
    expect(partly.filledQuantity.toFixed()).toBe("1.5");
    // (100 + 53) / 1.5
    expect(partly.averagePrice!.toFixed()).toBe("102");
    const whole = applyChange(partly, filled("1.5", "104"));
    expect(whole).toMatchObject({ status: "filled", reason: "filled" });
    expect(whole.averagePrice!.toFixed()).toBe("103");
    expect(Object.isFrozen(whole)).toBe(true);
    expect(order.filledQuantity.toFixed()).toBe("0");
  });

  it("averages prices as exactly as a Decimal divides", () => {
    const fills = fc.array(fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e9 })), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(fills, (list) => {
        const start = createOrder({ ...market, quantity: 1e9 });
        const done = changed(
          start,
          ...list.map(([quantity, price]) => filled(`${quantity}e-3`, `${price}e-2`)),
        );
        const cost = list.reduce((sum, [quantity, price]) => sum + BigInt(quantity) * BigInt(price), 0n);
        const quantity = list.reduce((sum, [each]) => sum + BigInt(each), 0n);
        const exact = new Decimal(cost.toString()).div(quantity.toString()).div(100);
        expect(done.averagePrice!.minus(exact).abs().lte(exact.times("1e-45"))).toBe(true);
      }),
    );
  });

  it("books a fill that arrives after the cancel", () => {
    const cancelled = changed(
      order,
      { kind: "accepted" },
      { kind: "cancelled", reason: "cancelled:by-user" },
    );
    const late = applyChange(cancelled, filled("1", "50"));
    expect(late).toMatchObject({ status: "cancelled", reason: "cancelled:by-user" });
    expect(late.filledQuantity.toFixed()).toBe("1");
    expect(applyChange(late, filled("2", "50"))).toMatchObject({ status: "filled", reason: "filled" });
  });

  it.each<[string, readonly OrderChange[]]>([
    ["accepted", [{ kind: "accepted" }, { kind: "accepted", id: "other" }]],
    ["accepted", [filled("1", "5"), { kind: "accepted" }]],
    ["cancelled", [filled("3", "5"), { kind: "cancelled", reason: "x" }]],
    [
      "cancelled",
      [
        { kind: "cancelled", reason: "x" },
        { kind: "cancelled", reason: "y" },
      ],
    ],
    [
      "rejected",
      [
        { kind: "cancelled", reason: "x" },
        { kind: "rejected", reason: "y" },
      ],
    ],
  ])("ignores an %s that is repeated or overtaken", (_, changes) => {
    const before = changed(order, ...changes.slice(0, -1));
    expect(applyChange(before, changes.at(-1)!)).toBe(before);
  });

  it.each([
    ["more than was ordered", [filled("2", "5"), filled("1.00000001", "5")]],
    ["more, when it was already full", [filled("3", "5"), filled("3", "5")]],
    ["nothing", [filled("0", "5")]],
    ["less than nothing", [filled("-1", "5")]],
  ])("throws for a fill of %s", (_, changes) => {
    expect(() => changed(order, ...changes)).toThrow(OrderError);
    expect(() => changed(order, ...changes)).toThrow(
      expect.objectContaining({ code: "GEO-ORDER-TRANSITION" }),
    );
  });

  it("leaves an order by value open until its size is known", () => {
    const byValue: Order = { ...order, quantity: null };
    expect(applyChange(byValue, filled("1000", "5")).status).toBe("partially_filled");
  });
});

describe("reasons", () => {
  it("end in filled, rejected when refused, else cancelled", () => {
    const expected = Object.keys(reasons).map((code) => {
      if (code === "filled") return "filled";
      return code.startsWith("refused:") ? "rejected" : "cancelled";
    });
    expect(Object.keys(reasons).map((code) => statusOf(code as keyof typeof reasons))).toEqual(expected);
  });

  it("hold every code that golden runs may have hashed", () => {
    expect(Object.keys(reasons)).toEqual(
      expect.arrayContaining([
        "filled",
        ..."warmup insufficient-cash below-lot min-notional no-price no-position halted"
          .split(" ")
          .map((code) => `refused:${code}`),
        ..."by-strategy by-user by-venue oco".split(" ").map((code) => `cancelled:${code}`),
        ..."ioc fok gtd day post-only end-of-data".split(" ").map((code) => `expired:${code}`),
      ]),
    );
  });
});
