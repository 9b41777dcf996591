/** Changes of orders under a risk policy, in whole runs. */
import { expect, it } from "vitest";
import { parseFixed as fixed } from "../../src/domain/fixed.ts";
import { checkOrders, flat, type OrderCase } from "../support/orderCase.ts";

const still = { ms: 100, jitter: 0 };
const options = {
  risk: { maxPosition: new Map([["*", fixed("5")]]) },
  latency: { leaves: still, seen: still, answered: still, label: "100 ms" },
};

it.each<[string, OrderCase]>([
  [
    "an order as large as the limit can be moved, and the limit holds while the change is on its way",
    {
      actions: {
        0: (ctx) => void ctx.buy({ quantity: 5, limit: 90 }),
        2(ctx) {
          ctx.amend("1", { limit: 101 });
          ctx.buy({ quantity: 1, limit: 80 });
        },
      },
      rows: flat(100),
      options,
      fills: ["buy 5 A @ 100, 4"],
      reasons: { "cancelled:by-strategy": 1, "refused:max-position": 1, filled: 1 },
    },
  ],
  [
    "an order changed to less leaves the rest to others once the change has arrived",
    {
      actions: {
        0: (ctx) => void ctx.buy({ quantity: 5, limit: 90 }),
        1: (ctx) => void ctx.amend("1", { quantity: 2 }),
        4: (ctx) => void ctx.buy({ quantity: 3, limit: 101 }),
      },
      rows: flat(100, 8),
      options,
      fills: ["buy 3 A @ 100, 6"],
      reasons: { "cancelled:by-strategy": 1, filled: 1, "expired:end-of-data": 1 },
    },
  ],
])("%s", checkOrders);

it("an order changed beyond the limit stays what it was", async () => {
  await checkOrders("", {
    actions: {
      0: (ctx) => void ctx.buy({ quantity: 5, limit: 90 }),
      2(ctx) {
        ctx.amend("1", { quantity: 6 });
        expect(ctx.orders.map(({ id }) => id)).toEqual(["1"]);
      },
    },
    rows: flat(100),
    options,
    fills: [],
    reasons: { "refused:max-position": 1, "expired:end-of-data": 1 },
  });
});
