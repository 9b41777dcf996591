/** The canonical log: the same run is the same bytes. DESIGN, sections 4 and 8. */
import { describe, expect, it } from "vitest";
import { compareFixed } from "../../src/domain/fixed.ts";
import type { Context } from "../../src/strategy/contract.ts";
import { gambler } from "../support/gambler.ts";
import { bars, equityOf, fixed, minute, run, script, start, table, walk } from "../support/market.ts";

describe("the log of decisions", () => {
  const streams = (chunk: number) => [
    table({ AAA: walk(3, 300), BBB: walk(4, 300) }, { chunk }),
    bars(walk(5, 60), { symbol: "CCC", timeframe: "5m", chunk: Math.ceil(chunk / 2) }),
  ];
  const options = {
    account: "margin",
    takerFee: fixed("0.001"),
    slippage: fixed("0.0005"),
    seed: 9,
  } as const;

  it("is the same bytes for the same run, however the data is cut", async () => {
    const first = await run(gambler, streams(1000), options);
    expect(first.fills).toBeGreaterThan(100);
    for (const chunk of [1000, 1, 2, 7, 64, 65]) {
      const again = await run(gambler, streams(chunk), options);
      expect(again.details!.decisions).toEqual(first.details!.decisions);
      expect(again.decisionsSha256).toBe(first.decisionsSha256);
      expect(equityOf(again)).toBe(equityOf(first));
      expect(again.recorder.all).toEqual(first.recorder.all);
    }
  });

  it("differs with the seed, and with a parameter that changes a decision", async () => {
    const hashes = new Set<string>();
    for (const seed of [1, 2])
      hashes.add((await run(gambler, streams(100), { ...options, seed })).decisionsSha256);
    for (const quantity of [1, 2]) {
      const buy = script({ 0: (ctx) => void ctx.buy({ quantity }) });
      hashes.add((await run(buy, bars([1, 1, 1]))).decisionsSha256);
    }
    expect(hashes.size).toBe(4);
  });

  it("is the same with and without details kept", async () => {
    const kept = await run(gambler, streams(100), options);
    const bare = await run(gambler, streams(100), { ...options, details: false, equityOfEveryBar: false });
    expect(bare.details).toBeNull();
    expect(bare.decisionsSha256).toBe(kept.decisionsSha256);
    expect(compareFixed(bare.finalEquity, kept.finalEquity)).toBe(0);
  });

  it("tells a run's story in exact decimals and epoch milliseconds", async () => {
    const actions = {
      0: (ctx: Context) => void ctx.buy({ fraction: 0.1, limit: "99.50", stopLoss: 90, tag: 'a "b"' }),
      1: (ctx: Context) => ctx.cancelAll(),
      2: (ctx: Context) => void ctx.buy({ quantity: "0.50" }),
    };
    const { details } = await run(script(actions), bars([100, 100, 100, 100]));
    expect(details!.decisions).toEqual([
      `["order",1,${start + minute},"A","buy","limit",{"value":"1000","limit":"99.5","stopLoss":"90","tag":"a \\"b\\""}]`,
      `["cancel",1,${start + 2 * minute}]`,
      `["cancel",2,${start + 2 * minute}]`,
      // A cancel, like all that leaves the engine, has its effect at the next instant.
      `["end",1,${start + 3 * minute},"cancelled:by-strategy"]`,
      `["end",2,${start + 3 * minute},"cancelled:oco"]`,
      `["order",3,${start + 3 * minute},"A","buy","market",{"quantity":"0.5"}]`,
      `["fill",3,${start + 4 * minute},${start + 3 * minute},3,"100","0.5","taker"]`,
    ]);
  });
});
