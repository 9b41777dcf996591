import assert from "node:assert/strict";
import { inspect } from "node:util";
import { Decimal } from "../domain/decimal.ts";
import { createOrder, type Order, type OrderInput } from "../domain/order.ts";
import type { Credentials, ExecutionAdapter } from "../domain/ports.ts";
import { type ContractCase, eventually, failureOf } from "./contract.ts";

/** An adapter of its own for each case, and what a test must know of the venue behind it. */
export interface ExecutionHarness<A extends ExecutionAdapter = ExecutionAdapter> {
  readonly adapter: A;
  readonly credentials: Credentials;
  /** Bought in the tests: the account has enough of the quote currency. */
  readonly symbol: string;
  /** A quantity that a market order may have, decimal text. */
  readonly quantity: string;
  /** Far below the market: a buy limit order there rests. */
  readonly restingPrice: string;
  /** Lets time or the market move on; called until what is waited for has happened. */
  advance?(): unknown;
  /** How long a fill may take. @default 5000 */
  readonly deadlineMs?: number;
  /** After the case. */
  close?(): unknown;
}

export type MakeExecution<A extends ExecutionAdapter = ExecutionAdapter> = () =>
  | ExecutionHarness<A>
  | Promise<ExecutionHarness<A>>;

type Check<A extends ExecutionAdapter> = (harness: ExecutionHarness<A>) => Promise<void>;

/**
 * What every ExecutionAdapter must do, as cases for any test framework. `make` is called once a case; the case connects
 * and disconnects.
 */
export function executionAdapterContract(make: MakeExecution): readonly ContractCase[] {
  return casesOf(make, checks);
}

export function casesOf<A extends ExecutionAdapter>(
  make: MakeExecution<A>,
  all: Readonly<Record<string, Check<A>>>,
): readonly ContractCase[] {
  return Object.entries(all).map(([name, check]) => ({ name, run: () => runCase(make, check) }));
}

async function runCase<A extends ExecutionAdapter>(make: MakeExecution<A>, check: Check<A>): Promise<void> {
  const harness = await make();
  try {
    await check(harness);
  } finally {
    await harness.adapter.disconnect();
    await harness.close?.();
  }
}

const statuses = ["pending", "open", "partially_filled", "filled", "cancelled", "rejected"];

const checks: Readonly<Record<string, Check<ExecutionAdapter>>> = {
  async "connects and disconnects as often as it is told to"({ adapter, credentials }) {
    await adapter.disconnect();
    await adapter.connect(credentials);
    await adapter.connect(credentials);
    await adapter.getBalance();
    await adapter.disconnect();
    await adapter.disconnect();
    await adapter.connect(credentials);
    await adapter.getBalance();
  },

  async "refuses with GEO-CONNECTION what it is asked before it is connected"({ adapter, ...harness }) {
    const questions: Readonly<Record<string, () => unknown>> = {
      placeOrder: () => adapter.placeOrder(restingOrder(harness)),
      cancelOrder: () => adapter.cancelOrder("1"),
      getOrderStatus: () => adapter.getOrderStatus("1"),
      getPositions: () => adapter.getPositions(),
      getBalance: () => adapter.getBalance(),
    };
    for (const [name, ask] of Object.entries(questions)) {
      const { code } = await failureOf(ask, `${name} before connect`);
      assert.equal(code, "GEO-CONNECTION", `expected GEO-CONNECTION from ${name}, found ${code}`);
    }
  },

  async "an order that rests is open, with an id, and as it was asked for"({ adapter, ...harness }) {
    await adapter.connect(harness.credentials);
    const asked = restingOrder(harness);
    const placed = await adapter.placeOrder(asked);
    assert.equal(placed.status, "open", `expected a resting order to be open, found ${placed.status}`);
    assertSame(placed, asked);
    const found = await adapter.getOrderStatus(placed.id);
    assert.equal(found.id, placed.id);
    assert.equal(found.status, "open");
    assertSame(found, asked);
  },

  async "leaves the order that it was given as it was"({ adapter, ...harness }) {
    await adapter.connect(harness.credentials);
    const asked = restingOrder(harness);
    const before = inspect(asked);
    const placed = await adapter.placeOrder(asked);
    assert.notEqual(
      placed,
      asked,
      "expected another order, with the venue's id, found the one that was given",
    );
    assert.equal(inspect(asked), before);
  },

  async "gives each order an id of its own"({ adapter, ...harness }) {
    await adapter.connect(harness.credentials);
    const first = await adapter.placeOrder(restingOrder(harness));
    const second = await adapter.placeOrder(restingOrder(harness));
    assert.notEqual(first.id, second.id);
    assert.ok(first.id !== "" && second.id !== "", "expected ids, found an empty one");
  },

  async "cancels an open order once"({ adapter, ...harness }) {
    await adapter.connect(harness.credentials);
    const { id } = await adapter.placeOrder(restingOrder(harness));
    assert.equal(await adapter.cancelOrder(id), true, "expected true from the first cancel");
    const { status } = await adapter.getOrderStatus(id);
    assert.equal(status, "cancelled", `expected a cancelled order, found ${status}`);
    assert.equal(await adapter.cancelOrder(id), false, "expected false from the second cancel");
  },

  async "cancelling an order that is not there is false"({ adapter, credentials }) {
    await adapter.connect(credentials);
    assert.equal(await adapter.cancelOrder("987654321"), false);
  },

  async "asking for an order that is not there fails, and says what was asked"({ adapter, credentials }) {
    await adapter.connect(credentials);
    const error = await failureOf(() => adapter.getOrderStatus("987654321"), "getOrderStatus of no order");
    assert.match(error.message, /987654321/, `expected the id in the message, found: ${error.message}`);
  },

  async "a market order fills, and says at what price"(harness) {
    const { adapter, quantity } = harness;
    await adapter.connect(harness.credentials);
    const order = await bought(harness);
    assert.equal(order.filledQuantity.toFixed(), new Decimal(quantity).toFixed());
    assertExact(order.averagePrice, "Order.averagePrice");
    assert.ok(order.averagePrice!.gt(0), `expected a price above 0, found ${order.averagePrice}`);
    assert.equal(await adapter.cancelOrder(order.id), false, "expected false from cancelling a filled order");
  },

  async "what is bought shows in the balances, exactly"(harness) {
    const { adapter, symbol, quantity } = harness;
    await adapter.connect(harness.credentials);
    const [base, quote] = symbol.split("/") as [string, string];
    const before = await adapter.getBalance();
    const order = await bought(harness);
    const after = await eventually(
      async () => {
        const balance = await adapter.getBalance();
        return balance[base]?.eq(before[base] ?? 0) === false ? balance : null;
      },
      `more ${base} in the balance`,
      harness,
    );
    for (const [currency, amount] of Object.entries(after)) assertExact(amount, `balance of ${currency}`);
    const gained = after[base]!.minus(before[base] ?? 0);
    assert.ok(gained.gt(0) && gained.lte(quantity), `expected up to ${quantity} ${base}, found ${gained}`);
    const paid = (before[quote] ?? new Decimal(0)).minus(after[quote] ?? 0);
    const value = order.averagePrice!.times(quantity);
    // The fee is taken from what is bought, or besides what is paid, and is no more than a hundredth.
    assert.ok(
      gained.gte(new Decimal(quantity).times("0.99")),
      `expected about ${quantity} ${base}, found ${gained}`,
    );
    assert.ok(
      paid.gte(value.times("0.99")) && paid.lte(value.times("1.01")),
      `expected about ${value.toFixed()} ${quote} to be paid, found ${paid.toFixed()}`,
    );
  },

  async "what is held is a position"(harness) {
    const { adapter, symbol } = harness;
    await adapter.connect(harness.credentials);
    await bought(harness);
    const position = await eventually(
      async () => (await adapter.getPositions()).find((one) => one.symbol === symbol),
      `a position in ${symbol}`,
      harness,
    );
    const { quantity, entryPrice, currentPrice, unrealizedPnl, realizedPnl } = position;
    const fields = { quantity, entryPrice, currentPrice, unrealizedPnl, realizedPnl };
    for (const [field, value] of Object.entries(fields)) assertExact(value, `Position.${field}`);
    assert.ok(quantity.gt(0), `expected a long position, found ${quantity}`);
    assert.ok(entryPrice.gt(0) && currentPrice.gt(0), "expected prices above 0");
    const expected = currentPrice.minus(entryPrice).times(quantity);
    assert.ok(
      unrealizedPnl.minus(expected).abs().lt("0.01"),
      `expected (current − entry) × quantity = ${expected.toFixed()}, found ${unrealizedPnl.toFixed()}`,
    );
  },

  async "hands out balances that its callers may change"({ adapter, credentials }) {
    await adapter.connect(credentials);
    const first = await adapter.getBalance();
    first.NONE = new Decimal(1);
    for (const currency of Object.keys(first)) first[currency] = new Decimal("987654321");
    const again = await adapter.getBalance();
    assert.ok(!("NONE" in again), "expected a fresh record, found the one that was changed");
    for (const amount of Object.values(again)) assert.notEqual(amount.toFixed(), "987654321");
  },

  async "refuses an order that makes no sense, naming the field, and places nothing"({
    adapter,
    ...harness
  }) {
    await adapter.connect(harness.credentials);
    const good = restingOrder(harness);
    const { id: before } = await adapter.placeOrder(good);
    const bad: Readonly<Record<string, Partial<Record<keyof Order, unknown>>>> = {
      side: { side: "hold" },
      type: { type: "iceberg" },
      quantity: { quantity: new Decimal(-1) },
      price: { price: new Decimal(0) },
      symbol: { symbol: "" },
    };
    for (const [field, changed] of Object.entries(bad)) {
      const order = { ...good, ...changed } as Order;
      const error = await failureOf(() => adapter.placeOrder(order), `an order with a bad ${field}`);
      assert.match(
        error.message.toLowerCase(),
        new RegExp(field),
        `expected ${field} to be named, found: ${error.message}`,
      );
      assert.notEqual(error.code, "GEO-ORDER-UNKNOWN", `expected a refusal of a bad ${field}`);
    }
    // Nothing was placed in between: what was there is as it was, and it is possible to go on.
    assert.equal((await adapter.getOrderStatus(before)).status, "open");
    const { status } = await adapter.placeOrder(restingOrder(harness));
    assert.equal(status, "open");
  },

  async "shows no credentials in its errors"({ adapter, ...harness }) {
    const { apiKey, apiSecret, passphrase } = harness.credentials;
    const secrets = [apiKey, apiSecret, passphrase].filter((text): text is string => (text ?? "").length > 3);
    await adapter.connect(harness.credentials);
    const impossible = { ...restingOrder(harness), side: "hold" } as unknown as Order;
    const errors = [
      await failureOf(() => adapter.getOrderStatus("987654321"), "getOrderStatus of no order"),
      await failureOf(() => adapter.placeOrder(impossible), "an order that makes no sense"),
    ];
    const text = [adapter, ...errors]
      .map((one) => `${inspect(one, { depth: 10 })} ${jsonOf(one)}`)
      .join("\n");
    for (const secret of secrets)
      assert.ok(!text.includes(secret), "expected no secret, found one in an error");
  },
};

export function restingOrder(
  { symbol, quantity, restingPrice }: Omit<ExecutionHarness, "adapter">,
  more: Partial<OrderInput> = {},
): Order {
  return createOrder({ symbol, side: "buy", type: "limit", quantity, price: restingPrice, ...more });
}

/** Buys at the market, and waits until the order is done. */
export async function bought(harness: ExecutionHarness, more: Partial<OrderInput> = {}): Promise<Order> {
  const { adapter, symbol, quantity } = harness;
  const placed = await adapter.placeOrder(createOrder({ symbol, side: "buy", quantity, ...more }));
  return eventually(
    async () => {
      const order = await adapter.getOrderStatus(placed.id);
      assert.ok(statuses.includes(order.status), `expected a status of the table, found ${order.status}`);
      assert.ok(
        order.status !== "rejected",
        `expected the order to fill, found it rejected: ${order.reason}`,
      );
      return order.status === "filled" ? order : null;
    },
    "a market order to fill",
    harness,
  );
}

function assertSame(found: Order, asked: Order): void {
  assert.equal(found.symbol, asked.symbol);
  assert.equal(found.side, asked.side);
  assert.equal(found.type, asked.type);
  for (const field of ["quantity", "price"] as const) {
    assertExact(found[field], `Order.${field}`);
    assert.equal(found[field]!.toFixed(), asked[field]!.toFixed(), `Order.${field}`);
  }
  assert.equal(found.filledQuantity.toFixed(), "0", "Order.filledQuantity");
}

function assertExact(value: unknown, field: string): void {
  const exact = Decimal.isDecimal(value) && (value as Decimal).isFinite();
  assert.ok(exact, `${field}: expected a finite Decimal, found ${inspect(value)}`);
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "";
  }
}
