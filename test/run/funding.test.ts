import { expect, it } from "vitest";
import { type Fixed, formatFixed } from "../../src/domain/fixed.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import { Timers } from "../../src/engine/timers.ts";
import { scheduleFunding } from "../../src/run/funding.ts";
import { fixed } from "../support/market.ts";

const perpetual = createInstrument("BTC/USDT");

/** Rates at the given seconds, settled as engine time goes to each of `moments` (s); `held` from the first on. */
function settled(seconds: readonly number[], moments: readonly number[]): readonly string[] {
  const log: string[] = [];
  const timers = new Timers();
  let now = 0;
  const holding = { instrument: perpetual, quantity: 1n, hasPrice: true, exactMark: () => fixed(100 + now) };
  const account = {
    everyHolding: [holding],
    fund: (_: unknown, rate: Fixed, price: Fixed, time: number) =>
      log.push(`${formatFixed(rate)} of ${formatFixed(price)} at ${time}`),
  };
  const rates = seconds.map((second, i) => ({ time: second * 1000 + 17, rate: fixed(`0.000${i + 1}`) }));
  const recorder = { before: (time: number) => void log.push(`day before ${time}`) };
  const desk = { account: account as never, timers, recorder, now: () => now };
  scheduleFunding({ instrument: perpetual, rates }, desk);
  for (const moment of moments) {
    now = moment * 1000;
    for (const { action } of timers.take(now)) (action as () => void)();
  }
  return log;
}

it("settles each rate once, at the full second that its stamp is late for, at the price then", () => {
  expect(settled([8, 16], [7, 8, 9, 16])).toEqual([
    "day before 8000",
    "0.0001 of 8100 at 8017",
    "day before 16000",
    "0.0002 of 16100 at 16017",
  ]);
});

it("catches up with all rates of a time that was leapt over, and sets one timer at a time", () => {
  expect(settled([1, 2, 3], [5]).filter((line) => line.includes("of"))).toHaveLength(3);
});
