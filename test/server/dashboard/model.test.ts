import { expect, it } from "vitest";
import { Model } from "../../../src/server/dashboard/model.ts";
import type { Frame } from "../../../src/server/dashboard/wire.ts";

const frame = (type: string, channel: string, data: unknown): Frame => ({ type, channel, seq: 1, data });

it("keeps orders as long as they are open, newest first", () => {
  const model = new Model();
  const order = (id: number, status: string) => ({ order_id: String(id), status });
  model.apply(frame("snapshot", "orders", { orders: [order(9, "open"), order(2, "pending")] }));
  model.apply(frame("update", "orders", order(10, "open")));
  model.apply(frame("update", "orders", order(2, "filled")));
  model.apply(frame("update", "orders", order(9, "partially_filled")));
  expect(model.openOrders.map(({ order_id, status }) => `${order_id} ${status}`)).toEqual([
    "10 open",
    "9 partially_filled",
  ]);
});

it("lets a snapshot take the place of all before", () => {
  const model = new Model();
  for (const id of ["1", "2"]) {
    model.apply(frame("update", "trades", { trade_id: id }));
    model.apply(frame("update", "orders", { order_id: id, status: "open" }));
    model.apply(frame("update", "ticks", { symbol: `${id}/USDT`, price: id }));
  }
  expect(model.trades.map(({ trade_id }) => trade_id)).toEqual(["2", "1"]);
  model.apply(frame("snapshot", "trades", { trades: [{ trade_id: "7" }] }));
  model.apply(frame("snapshot", "orders", { orders: [] }));
  model.apply(frame("snapshot", "ticks", { ticks: [{ symbol: "2/USDT", price: "5" }] }));
  expect(model.trades).toEqual([{ trade_id: "7" }]);
  expect(model.openOrders).toEqual([]);
  expect([model.tick("1/USDT"), model.tick("2/USDT")?.price]).toEqual([null, "5"]);
});

it("grows no further than what is shown", () => {
  const model = new Model();
  for (let i = 0; i < 500; i++) {
    model.apply(frame("update", "trades", { trade_id: String(i) }));
    model.apply(frame("update", "signals", { signal_id: String(i) }));
  }
  expect([model.trades.length, model.signals.length]).toEqual([100, 100]);
  expect(model.signals[0]).toEqual({ signal_id: "499" });
});
