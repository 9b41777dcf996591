import { describe, expect, it } from "vitest";
import { addFixed, formatFixed, parseFixed, zero } from "../../src/domain/fixed.ts";
import type { SeatOptions } from "../../src/engine/options.ts";
import { attributionOf } from "../../src/run/attribution.ts";
import type { Context, Handlers } from "../../src/strategy/contract.ts";
import { bars, fillsOf, fixed, reasonsOf, run, script } from "../support/market.ts";

/** Another strategy at the engine, with half of the equity unless told otherwise. */
function seat(create: (ctx: Context) => Handlers, share: string | null = "0.5"): SeatOptions {
  return { create, warmup: 0, random: () => 0.5, share: share === null ? null : fixed(share) };
}

const rising = bars([100, 100, 110, 120, 130, 130]);
const half = fixed("0.5");

describe("several strategies on one account", () => {
  it("hold lots of their own: one closes nothing of the other", async () => {
    const seen: string[] = [];
    const first = script({ 0: (ctx) => void ctx.buy({ quantity: 3, tag: "a" }) });
    const second = seat(
      script({
        0: (ctx) => void ctx.buy({ quantity: 2, tag: "b" }),
        1: (ctx) => void seen.push(`${ctx.position.quantity} ${ctx.positionOf("A").quantity}`),
        2: (ctx) => void ctx.close(),
        3: (ctx) => void seen.push(`${ctx.position.quantity}`),
      }),
    );
    const result = await run(first, rising, { others: [second], cash: fixed(1000) });
    expect(seen).toEqual(["2 2", "0"]);
    expect(fillsOf(result)).toEqual(["buy 3 A @ 100, 1", "buy 2 A @ 100, 1", "sell 2 A @ 120, 3"]);
    const sizes = result.account.everyHolding.map(({ owner, size }) => [owner, size]);
    expect(sizes).toEqual([
      [0, 3],
      [1, 0],
    ]);
  });

  it("see and cancel their own orders only", async () => {
    const first = script({ 0: (ctx) => void ctx.buy({ quantity: 1, limit: 50 }) });
    const second = seat(
      script({
        1(ctx) {
          expect(ctx.orders).toEqual([]);
          ctx.cancelAll();
          ctx.cancel("1");
        },
      }),
    );
    const result = await run(first, rising, { others: [second] });
    expect(reasonsOf(result)).toEqual({ "expired:end-of-data": 1 });
  });

  it("take fractions of their share, and no more than the others have left", async () => {
    const all = script({ 0: (ctx) => void ctx.buy({ fraction: 1 }) });
    const result = await run(all, rising, { others: [seat(all)], share: half, cash: fixed(1000) });
    expect(fillsOf(result)).toEqual(["buy 5 A @ 100, 1", "buy 5 A @ 100, 1"]);
  });

  it("are told of their own fills", async () => {
    const told: string[] = [];
    const listen = (name: string, quantity: number) => (ctx: Context) => ({
      onBar: (bar: { readonly index: number }) => void (bar.index === 0 && ctx.buy({ quantity })),
      onFill: (fill: { readonly quantity: { toString(): string } }) =>
        void told.push(`${name} ${fill.quantity}`),
    });
    await run(listen("first", 3), rising, { others: [seat(listen("second", 2))] });
    expect(told).toEqual(["first 3", "second 2"]);
  });

  it("leave a lone strategy's decisions as they are", async () => {
    const strategy = script({ 0: (ctx) => void ctx.buy({ quantity: 1 }), 3: (ctx) => void ctx.close() });
    const alone = await run(strategy, rising);
    const beside = await run(strategy, rising, { others: [seat(script({}))] });
    expect(beside.decisionsSha256).toBe(alone.decisionsSha256);
  });

  it("earn what adds up to the gain of equity, by strategy, symbol and tag, to the last digit", async () => {
    const first = script({
      0: (ctx) => void ctx.buy({ quantity: 3, tag: "a" }),
      3: (ctx) => void ctx.sell({ quantity: 1 }),
    });
    const second = seat(
      script({ 1: (ctx) => void ctx.buy({ quantity: 2, tag: "b" }), 3: (ctx) => void ctx.close() }),
    );
    const costs = { makerFee: fixed("0.00123"), takerFee: fixed("0.00123") };
    const result = await run(first, rising, { others: [second], cash: fixed(1000), ...costs });
    const { total, ...lists } = attributionOf(result.account, result.trades, ["first", "second"]);
    // First: 30 earned and 60 to be earned of 3 at 100. Second: 2 × (130 − 110). Fees: 0.123 % of 300, 130, 220, 260.
    const fees = 0.00123 * (300 + 130 + 220 + 260);
    expect(Number(total)).toBeCloseTo(30 + 60 + 40 - fees, 9);
    for (const list of Object.values(lists)) {
      const sum = list.reduce((all, { total: part }) => addFixed(all, parseFixed(part)), zero);
      expect(formatFixed(sum)).toBe(total);
    }
    expect(lists.tags.map(({ name, trades }) => [name, trades])).toEqual([
      ["a", 1],
      ["b", 1],
    ]);
  });
});
