import { expect, it } from "vitest";
import { formatFixed, parseFixed } from "../../src/domain/fixed.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import { percentFee } from "../../src/execution/costs/fee.ts";
import { fractionSlippage } from "../../src/execution/costs/slippage.ts";

it.each<["buy" | "sell", string, string, string | undefined, string]>([
  // 5 bps of 100.01 is 0.050005.
  ["buy", "0.0005", "100.01", undefined, "100.060005"],
  ["sell", "0.0005", "100.01", undefined, "99.959995"],
  // Rounded to the tick against us on both sides, never to our favour.
  ["buy", "0.0005", "100.01", "0.01", "100.07"],
  ["sell", "0.0005", "100.01", "0.01", "99.95"],
  ["buy", "0.01", "100", "0.5", "101"],
  ["sell", "0.01", "100", "0.5", "99"],
  ["buy", "0", "100.3", "0.5", "100.5"],
  ["sell", "0", "100.3", "0.5", "100"],
  ["buy", "0", "100.3", undefined, "100.3"],
  ["sell", "0.1", "9007199254740993.5", undefined, "8106479329266894.15"],
])("%s slips by %s from %s on a tick of %s to %s", (side, fraction, price, tick, slipped) => {
  const { slip } = fractionSlippage(parseFixed(fraction));
  expect(formatFixed(slip(parseFixed(price), side, createInstrument("AAPL", { tick })))).toBe(slipped);
});

it("a fee is a fraction of value, not an amount a unit", () => {
  const { rate, factor } = percentFee({ maker: parseFixed("0.0002"), taker: parseFixed("0.001") });
  expect([rate(true), rate(false), factor(true), factor(false)].map(formatFixed)).toEqual([
    "0.0002",
    "0.001",
    "1.0002",
    "1.001",
  ]);
});
