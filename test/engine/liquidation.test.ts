import { describe, expect, it } from "vitest";
import { DetailedStream } from "../../src/data/detail.ts";
import { bars, equityOf, fillsOf, fixed, reasonsOf, run, script } from "../support/market.ts";

const five = { account: "margin", leverage: fixed(5), cash: fixed(1000) } as const;

describe("leverage", () => {
  it("lets a margin account be exposed to a multiple of its equity, and no more", async () => {
    const strategy = script({
      0(ctx) {
        ctx.buy({ quantity: 50 });
        ctx.buy({ quantity: 1 });
      },
    });
    const result = await run(strategy, bars([100, 100, 100]), five);
    expect(fillsOf(result)).toEqual(["buy 50 A @ 100, 1"]);
    expect(reasonsOf(result)["refused:insufficient-cash"]).toBe(1);
  });

  it("multiplies gains and losses", async () => {
    const strategy = script({ 0: (ctx) => void ctx.buy({ quantity: 50 }) });
    expect(equityOf(await run(strategy, bars([100, 100, 104]), five))).toBe("1200");
  });
});

describe("liquidation", () => {
  const strategy = script({ 0: (ctx) => void ctx.buy({ quantity: 50 }) });

  it("closes at the next price what equity no longer backs: 10 % of 50 × 88 is more than 400", async () => {
    const result = await run(strategy, bars([100, 100, 88, 87, 120]), five);
    expect(fillsOf(result)).toEqual(["buy 50 A @ 100, 1", "sell 50 A @ 87, 3"]);
    expect([result.liquidations, equityOf(result)]).toEqual([1, "350"]);
  });

  it("looks at the worst price of a bar, not at its close alone", async () => {
    const result = await run(strategy, bars([100, 100, [95, 96, 80, 95], 95]), five);
    expect(fillsOf(result).at(-1)).toBe("sell 50 A @ 95, 3");
  });

  it("looks at the worst price of a bar that finer data resolve, too", async () => {
    const coarse = bars([100, 100, [95, 96, 80, 95], 95]);
    const finer = bars([100, 100, [95, 96, 80, 95], 95], { timeframe: "1m" });
    const detailed = Object.assign(new DetailedStream(coarse, finer), {
      instruments: coarse.instruments,
      kind: "bar" as const,
    });
    const result = await run(strategy, detailed, five);
    expect([result.liquidations, fillsOf(result).at(-1)]).toEqual([1, "sell 50 A @ 95, 3"]);
  });

  it("costs its fee, and takes back what is open first", async () => {
    const withStop = script({
      0: (ctx) => void ctx.buy({ quantity: 50 }),
      1: (ctx) => void ctx.sell({ quantity: 50, limit: 200 }),
    });
    const result = await run(withStop, bars([100, 100, 88, 87, 87]), {
      ...five,
      liquidationFee: fixed("0.01"),
    });
    // 1000 − 50 × 13 − 1 % of 50 × 87.
    expect(equityOf(result)).toBe("306.5");
    expect(reasonsOf(result)).toMatchObject({ "cancelled:by-strategy": 1 });
  });

  it("spares what is paid for: a long without leverage is nobody else's to sell", async () => {
    const result = await run(script({ 0: (ctx) => void ctx.buy({ quantity: 10 }) }), bars([100, 100, 1, 1]), {
      account: "margin",
      cash: fixed(1000),
    });
    expect(result.liquidations).toBe(0);
  });
});

describe("interest", () => {
  it("is charged at each day's end on what is sold short: 36 % / 360 of 10 × 100", async () => {
    const short = script({ 0: (ctx) => void ctx.sell({ quantity: 10 }) });
    const rates = { account: "margin", cash: fixed(2000), borrowRate: fixed("0.36") } as const;
    const result = await run(short, bars([100, 100, 100, 100], { timeframe: "1d" }), rates);
    // Opened on the second day: two more days end before the run does, and the last one at its end.
    const { charges } = result.account;
    expect(charges.every(({ kind, amount }) => kind === "borrow" && amount.units === -100000000n)).toBe(true);
    expect(Number(equityOf(result))).toBe(2000 - charges.length);
    expect(charges.length).toBeGreaterThan(0);
  });
});
