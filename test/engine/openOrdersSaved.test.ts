import { expect, it } from "vitest";
import type { PlaceCommand } from "../../src/domain/execution.ts";
import { decodePicture, encodePicture } from "../../src/domain/picture.ts";
import { OpenOrders, type OpenOrdersState } from "../../src/engine/openOrders.ts";
import { btc } from "../support/riskDesk.ts";

const order = (number: number, units: bigint, more: Partial<PlaceCommand> = {}): PlaceCommand => {
  const sizing = { kind: "quantity", units, mayShrink: false };
  return {
    number,
    instrument: btc,
    side: "buy",
    type: "limit",
    sizing,
    exits: [],
    replaces: null,
    ...more,
  } as never;
};

it("open orders that are written down keep their exits and whose place they take", () => {
  const before = new OpenOrders();
  const stop = { number: 2, role: "stopLoss", price: { units: 1n, scale: 0 } } as const;
  before.add(order(1, 10n, { exits: [stop] }), 10n, false);
  before.add(order(3, 14n, { replaces: 1 }), 14n, false);
  before.add(order(4, 0n, { replaces: 2, side: "sell" }), 0n, true);
  const after = new OpenOrders();
  after.load(decodePicture(encodePicture(before.save(), [btc]), [btc]) as OpenOrdersState);
  // The exit grows with its entry's fill; what is to replace the entry is for so much less, and counts in full at its end.
  const steps: readonly ((orders: OpenOrders) => void)[] = [
    () => {},
    (orders) => orders.fill(1, 4n, false),
    (orders) => orders.end(2),
    (orders) => orders.end(1),
    (orders) => orders.end(3),
    (orders) => orders.end(4),
  ];
  const sums = steps.map((step) => {
    step(before);
    step(after);
    expect(after.of(btc)).toEqual(before.of(btc));
    return [after.of(btc).buy.resting, after.of(btc).sell.reducing];
  });
  expect(sums).toEqual([
    [14n, 0n],
    [10n, 4n],
    [10n, 4n],
    [10n, 4n],
    [0n, 4n],
    [0n, 0n],
  ]);
});
