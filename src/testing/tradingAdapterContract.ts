import assert from "node:assert/strict";
import type { AccountUpdate, TradingAdapter } from "../domain/ports.ts";
import { type ContractCase, eventually, failureOf } from "./contract.ts";
import {
  bought,
  casesOf,
  type ExecutionHarness,
  executionAdapterContract,
  type MakeExecution,
  restingOrder,
} from "./executionAdapterContract.ts";

/** What sessions ask of a venue besides: the cases of `executionAdapterContract` are among these. */
export function tradingAdapterContract(make: MakeExecution<TradingAdapter>): readonly ContractCase[] {
  return [...executionAdapterContract(make), ...casesOf(make, checks)];
}

type Harness = ExecutionHarness<TradingAdapter>;

const checks: Readonly<Record<string, (harness: Harness) => Promise<void>>> = {
  async "knows the market's grid"({ adapter, symbol, credentials }) {
    await adapter.connect(credentials);
    const instrument = await adapter.instrument(symbol);
    assert.equal(instrument.symbol, symbol);
    assert.ok(instrument.lot.units > 0n, "expected a lot above 0");
    const { code } = await failureOf(
      () => adapter.instrument("NO-SUCH/THING"),
      "an instrument that is not there",
    );
    assert.equal(code, "GEO-VENUE-UNSUPPORTED");
  },

  async "finds an order by the client id that it was given, open or ended"({ adapter, symbol, ...harness }) {
    await adapter.connect(harness.credentials);
    const clientId = "contract1";
    assert.equal(await adapter.findOrder(symbol, clientId), null);
    const placed = await adapter.placeOrder(restingOrder({ symbol, ...harness }, { clientId }));
    assert.equal(placed.clientId, clientId);
    assert.equal((await adapter.findOrder(symbol, clientId))?.id, placed.id);
    assert.equal(await adapter.cancelByClientId(symbol, clientId), true);
    assert.equal((await adapter.findOrder(symbol, clientId))?.status, "cancelled");
    assert.equal(await adapter.cancelByClientId(symbol, clientId), false);
    assert.equal(await adapter.cancelByClientId(symbol, "contract2"), false);
  },

  async "takes a client id once"({ adapter, ...harness }) {
    await adapter.connect(harness.credentials);
    const order = restingOrder(harness, { clientId: "contract3" });
    const { id } = await adapter.placeOrder(order);
    await failureOf(() => adapter.placeOrder(order), "a second order of the same client id");
    const open = await adapter.openOrders(harness.symbol);
    assert.deepEqual(
      open.map((one) => one.id),
      [id],
      "expected one order, found another",
    );
    // Venues take the name of a closed order again; a blind retry would then fill twice.
    await adapter.cancelOrder(id);
    await failureOf(() => adapter.placeOrder(order), "a second order of a closed one's client id");
    assert.equal((await adapter.openOrders(harness.symbol)).length, 0);
  },

  async "lists the orders that are open"({ adapter, symbol, ...harness }) {
    await adapter.connect(harness.credentials);
    assert.deepEqual(await adapter.openOrders(symbol), []);
    const first = await adapter.placeOrder(restingOrder({ symbol, ...harness }));
    const second = await adapter.placeOrder(restingOrder({ symbol, ...harness }));
    await adapter.cancelOrder(first.id);
    const open = await adapter.openOrders(symbol);
    assert.deepEqual(
      open.map(({ id, status }) => [id, status]),
      [[second.id, "open"]],
    );
  },

  async "tells own trades, oldest first, from a trade or a time on"(harness) {
    const { adapter, symbol, quantity } = harness;
    await adapter.connect(harness.credentials);
    const orders = [await bought(harness, { clientId: "contract4" }), await bought(harness)];
    const all = await adapter.ownTrades(symbol, { time: 0 });
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length, "expected each trade once");
    for (const order of orders) {
      const own = all.filter(({ orderId }) => orderId === order.id);
      const filled = own.reduce((sum, trade) => sum.plus(trade.quantity), order.filledQuantity.times(0));
      assert.equal(filled.toFixed(), order.filledQuantity.toFixed(), "expected trades that make up the fill");
      assert.ok(own.every(({ side, price, time }) => side === "buy" && price.gt(0) && time > 0));
    }
    assert.ok(all.find(({ clientId }) => clientId === "contract4") !== undefined, "expected the client id");
    assert.deepEqual(
      [...all].sort((a, b) => a.time - b.time),
      all,
      `expected them in order (${quantity})`,
    );
    const first = all[0]!;
    assert.deepEqual((await adapter.ownTrades(symbol, { id: first.id })).map(idOf), all.slice(1).map(idOf));
    assert.deepEqual(await adapter.ownTrades(symbol, { id: all.at(-1)!.id }), []);
    assert.deepEqual((await adapter.ownTrades(symbol, { time: first.time })).map(idOf), all.map(idOf));
  },

  async "tells news: a gap first, then what becomes of orders, each once and never backwards"(harness) {
    const { adapter } = harness;
    await adapter.connect(harness.credentials);
    const news = collect(adapter);
    const isGap = () => (news.length > 0 ? true : null);
    await eventually(isGap, "the first of the news", harness);
    assert.equal(news[0]!.kind, "gap", "expected a gap first: what happened before is not told");
    const order = await bought(harness, { clientId: "contract5" });
    const isDone = () => (statusesOf(news, order.id).includes("filled") ? true : null);
    await eventually(isDone, "news that the order is filled", harness);
    const told = statusesOf(news, order.id);
    assert.deepEqual(
      [...told].sort((a, b) => rank(a) - rank(b)),
      told,
      `expected progress, found ${told}`,
    );
    const trades = news.flatMap((one) =>
      one.kind === "trade" && one.trade.orderId === order.id ? [one.trade] : [],
    );
    assert.equal(new Set(trades.map(idOf)).size, trades.length, "expected each trade once");
    const filled = trades.reduce((sum, { quantity }) => sum.plus(quantity), order.filledQuantity.times(0));
    assert.equal(filled.toFixed(), order.filledQuantity.toFixed(), "expected trades that make up the fill");
    assert.ok(
      trades.every(({ clientId }) => clientId === "contract5"),
      "expected the client id with each trade",
    );
  },

  async "news ends when it disconnects"({ adapter, credentials, ...harness }) {
    await adapter.connect(credentials);
    let ended = false;
    const reading = (async () => {
      for await (const _ of adapter.updates());
      ended = true;
    })();
    await adapter.disconnect();
    await eventually(() => (ended ? true : null), "the news to end", harness);
    await reading;
  },
};

function collect(adapter: TradingAdapter): readonly AccountUpdate[] {
  const news: AccountUpdate[] = [];
  const read = async (): Promise<void> => {
    for await (const one of adapter.updates()) news.push(one);
  };
  // A failure shows as news that never come.
  read().catch(() => {});
  return news;
}

function statusesOf(news: readonly AccountUpdate[], id: string): readonly string[] {
  return news.flatMap((one) => (one.kind === "order" && one.order.id === id ? [one.order.status] : []));
}

function rank(status: string): number {
  return ["pending", "open", "partially_filled", "filled"].indexOf(status);
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}
