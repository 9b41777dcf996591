/** A great many requests through engine, venue and account. `GEOSYNC_REQUESTS=1000000` makes it a million. */
import { expect, it } from "vitest";
import { addFixed, compareFixed, multiplyFixed } from "../../src/domain/fixed.ts";
import { Crowd } from "../support/crowd.ts";
import { bars, fixed, reasonsOf, run, walk } from "../support/market.ts";

const requests = Number(process.env.GEOSYNC_REQUESTS ?? 60_000);
const each = 4;

it.each(["cash", "margin"] as const)(
  "no fault in a long stream of orders on a %s account",
  async (account) => {
    const crowd = new Crowd(each);
    const rows = walk(11, requests / 2 / each, 100_000).map((row) =>
      (row as number[]).map((price) => price / 1000),
    );
    const instrument = { volumeUnit: "base", lot: "0.1" } as const;
    const latency = { ms: 30_000, jitter: 30_000 };
    const result = await run(crowd.create, bars(rows, { volume: 150, instrument, chunk: 4096 }), {
      account,
      details: false,
      equityOfEveryBar: false,
      takerFee: fixed("0.0002"),
      latency: { leaves: latency, seen: { ms: 0, jitter: 0 }, answered: { ms: 0, jitter: 0 }, label: "" },
      seed: 5,
    });
    expect(crowd.faults).toEqual([]);
    // A tenth of 150.
    expect(crowd.mostOfBar).toBeLessThanOrEqual(15 + 1e-9);
    expect(crowd.partialFills).toBeGreaterThan(requests / 500);
    // Every request has one reason; what ends with the data, the strategy hears no more of.
    const reasons = reasonsOf(result);
    const heard = [...crowd.ended.values()].reduce((sum, count) => sum + count, 0);
    const total = Object.values(reasons).reduce((sum, count) => sum + count, 0);
    expect(total - heard).toBeLessThan(300);
    expect(total).toBeGreaterThanOrEqual(requests / 2);
    const [{ holding }] = result.markets as [(typeof result.markets)[number]];
    const value = multiplyFixed({ units: holding.quantity, scale: 1 }, holding.exactMark());
    expect(compareFixed(result.finalEquity, addFixed(result.account.cash, value))).toBe(0);
  },
);
