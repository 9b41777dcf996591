import { describe, expect, it } from "vitest";
import type { Context, Handlers } from "../../src/strategy/contract.ts";
import { bars, fillsOf, run, start } from "../support/market.ts";

function delays(leaves: number, seen: number, answered: number) {
  const delay = (ms: number) => ({ ms, jitter: 0 });
  return { latency: { leaves: delay(leaves), seen: delay(seen), answered: delay(answered), label: "" } };
}

/** Buys on the first bar and tells all that it hears, with the milliseconds since the first bar opened. */
function listener(heard: string[]) {
  return (ctx: Context): Handlers => ({
    onBar(bar) {
      if (bar.index === 0) ctx.buy({ quantity: 1 });
      heard.push(`bar ${bar.index}, holds ${ctx.position.quantity}`);
    },
    onOrder: (order) => void heard.push(`${order.status} at ${ctx.time - start}`),
    onFill: (fill) => void heard.push(`bought ${fill.quantity} at ${ctx.time - start}`),
  });
}

describe("an order on its way", () => {
  it("misses the bar that opened before it arrived", async () => {
    const act = (ctx: Context): Handlers => ({
      onBar: (bar) => void (bar.index === 0 && ctx.buy({ quantity: 1 })),
    });
    const rows = [100, 101, 102, 103];
    expect(fillsOf(await run(act, bars(rows), delays(0, 0, 0)))).toEqual(["buy 1 A @ 101, 1"]);
    expect(fillsOf(await run(act, bars(rows), delays(1, 0, 0)))).toEqual(["buy 1 A @ 102, 2"]);
    expect(fillsOf(await run(act, bars(rows), delays(30_000, 30_001, 0)))).toEqual(["buy 1 A @ 103, 3"]);
  });
});

describe("an answer on its way", () => {
  it("is heard when it arrives; the books know at once", async () => {
    const heard: string[] = [];
    await run(listener(heard), bars([100, 100, 100]), delays(0, 0, 250));
    expect(heard).toEqual([
      "bar 0, holds 0",
      "bar 1, holds 1",
      "filled at 120250",
      "bought 1 at 120250",
      "bar 2, holds 1",
    ]);
  });

  it("arrives at the end at the latest", async () => {
    const heard: string[] = [];
    await run(listener(heard), bars([100, 100]), delays(0, 0, 3_600_000));
    expect(heard.slice(2)).toEqual(["filled at 120000", "bought 1 at 120000"]);
  });

  it("is there at once without latency", async () => {
    const heard: string[] = [];
    await run(listener(heard), bars([100, 100]));
    expect(heard).toEqual(["bar 0, holds 0", "filled at 120000", "bought 1 at 120000", "bar 1, holds 1"]);
  });
});
