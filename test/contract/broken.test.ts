/** A contract that cannot fail is none: each adapter here is broken in one way, and fails exactly the case meant for it. */
import { describe, expect, it } from "vitest";
import type { Decimal } from "../../src/domain/decimal.ts";
import { OrderError } from "../../src/domain/errors.ts";
import { parseFixed } from "../../src/domain/fixed.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import type { Order } from "../../src/domain/order.ts";
import { PaperAdapter } from "../../src/execution/paperAdapter.ts";
import { executionAdapterContract } from "../../src/testing/index.ts";
import { credentials } from "../support/localVenue.ts";
import { printChunk } from "../support/prints.ts";

type Breaking = (whole: PaperAdapter) => Partial<PaperAdapter>;

/** A paper adapter with some of its methods replaced. */
function harnessOf(breaking: Breaking) {
  const bitcoin = createInstrument("BTC/USDT", { tick: "0.01", lot: "0.00001" });
  const whole = new PaperAdapter({ instruments: [bitcoin], cash: parseFixed("100000") });
  let time = Date.UTC(2026, 0, 1);
  const advance = () => {
    time += 1000;
    whole.onMarket({ chunk: printChunk(bitcoin, [[time, "60000", "1"]]), row: 0 });
  };
  advance();
  const broken = breaking(whole);
  const adapter = new Proxy(whole, {
    get(target, name) {
      const own = broken[name as keyof PaperAdapter];
      if (own !== undefined) return own;
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const terms = { symbol: "BTC/USDT", quantity: "0.01", restingPrice: "30000", deadlineMs: 60 };
  return { adapter, credentials, advance, ...terms };
}

async function failing(breaking: Breaking): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, run } of executionAdapterContract(() => harnessOf(breaking)))
    await run().catch(() => failed.push(name));
  return failed;
}

it("an adapter that is whole fails none", async () => {
  expect(await failing(() => ({}))).toEqual([]);
});

describe("an adapter that", () => {
  it.each<[string, string, Breaking]>([
    [
      "throws at a second disconnect",
      "connects and disconnects as often as it is told to",
      (whole) => {
        let ended = 0;
        return {
          async disconnect() {
            await whole.disconnect();
            // The runner disconnects as well; only the case does it twice in a row.
            if (++ended === 3) throw new Error("not connected");
          },
        };
      },
    ],
    [
      "answers before it is connected",
      "refuses with GEO-CONNECTION what it is asked before it is connected",
      (whole) => ({ getPositions: () => whole.getPositions().catch(() => []) }),
    ],
    [
      "changes the price of a resting order in silence",
      "an order that rests is open, with an id, and as it was asked for",
      (whole) => ({
        placeOrder: async (order) => {
          const placed = await whole.placeOrder(order);
          return placed.type === "limit" ? { ...placed, price: placed.price!.plus(1) } : placed;
        },
      }),
    ],
    [
      "says yes to every cancel",
      "cancelling an order that is not there is false",
      (whole) => ({
        cancelOrder: async (id) => (await whole.cancelOrder(id)) || id === "987654321",
      }),
    ],
    [
      "makes up an answer for an order it does not know",
      "asking for an order that is not there fails, and says what was asked",
      (whole) => ({
        getOrderStatus: (id) =>
          whole.getOrderStatus(id).catch((error) => {
            if (id !== "987654321") throw error;
            throw new OrderError("GEO-ORDER-REQUEST", "no such order");
          }),
      }),
    ],
    [
      "cancels what it was told to cancel once, and once more",
      "cancels an open order once",
      (whole) => {
        const cancelled = new Set<string>();
        return {
          cancelOrder: async (id) => {
            const again = cancelled.has(id);
            cancelled.add(id);
            return (await whole.cancelOrder(id)) || (again && id !== "987654321");
          },
        };
      },
    ],
    [
      "loses digits of a balance",
      "what is bought shows in the balances, exactly",
      (whole) => ({
        getBalance: async () => {
          const balance = await whole.getBalance();
          return balance.BTC === undefined ? balance : { ...balance, BTC: Number(balance.BTC) as never };
        },
      }),
    ],
    [
      "knows no positions",
      "what is held is a position",
      (whole) => ({ getPositions: async () => (await whole.getPositions()).slice(0, 0) }),
    ],
    [
      "hands out its own balances",
      "hands out balances that its callers may change",
      (whole) => {
        let kept: Promise<Record<string, Decimal>> | null = null;
        return {
          getBalance: async () => {
            const fresh = await whole.getBalance();
            // Once something was bought it asks again, so that only the sharing shows.
            if (fresh.BTC !== undefined) return fresh;
            kept ??= Promise.resolve(fresh);
            return kept;
          },
        };
      },
    ],
    [
      "lets anything be ordered",
      "refuses an order that makes no sense, naming the field, and places nothing",
      (whole) => ({
        placeOrder: (order) =>
          whole.placeOrder(
            (order.symbol as string) === "" ? ({ ...order, symbol: "BTC/USDT" } as Order) : order,
          ),
      }),
    ],
    [
      "shows the secret in an error",
      "shows no credentials in its errors",
      (whole) => ({
        getOrderStatus: (id) =>
          whole.getOrderStatus(id).catch((error) => {
            if (id !== "987654321") throw error;
            throw new OrderError("GEO-ORDER-REQUEST", `${id}: GET /order?secret=${credentials.apiSecret}`);
          }),
      }),
    ],
  ])("%s fails: %s", async (_, name, breaking) => {
    expect(await failing(breaking)).toEqual([name]);
  });
});
