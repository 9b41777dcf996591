import { describe, expect, it } from "vitest";
import type { CostSettings } from "../../../src/domain/costs.ts";
import { formatFixed, parseFixed } from "../../../src/domain/fixed.ts";
import { costModelsOf } from "../../../src/execution/costs/costModels.ts";
import { btc, feesOf, share } from "./orders.ts";

const asked = {
  fee: parseFixed("0.0007"),
  spread: { kind: "share", share: parseFixed("0.0004"), label: "4bps" },
  impact: { kind: "squareRoot", factor: 1, label: "sqrt" },
  latency: {
    leaves: { ms: 0, jitter: 0 },
    seen: { ms: 5, jitter: 0 },
    answered: { ms: 6, jitter: 0 },
    label: "0ms/5ms/6ms",
  },
} as const;

const input = {
  price: parseFixed("100"),
  side: "buy",
  instrument: btc,
  quantity: 25,
  volume: 2500,
  spread: null,
} as const;

describe("without a preset", () => {
  it("charges 0.1 % a side and 5 bps of slippage, at once", () => {
    const { fees, slippage, latency } = costModelsOf({}, 1);
    expect(feesOf(fees, [["1", "50000"]])).toEqual(["50"]);
    expect(formatFixed(slippage.slip({ ...input, volatility: Number.NaN }))).toBe("100.05");
    expect([latency.leaves(), latency.seen(), latency.answered()]).toEqual([0, 0, 0]);
  });

  it("adds what is asked for: 0.05 of slippage, 0.02 of spread, 0.01 × √0.01 × 100 of impact", () => {
    const { slippage, latency } = costModelsOf(asked, 1);
    expect(formatFixed(slippage.slip({ ...input, volatility: 0.01 }))).toBe("100.17");
    expect([latency.leaves(), latency.seen(), latency.answered()]).toEqual([0, 5, 6]);
    expect(slippage.gaps).toEqual({ volume: 0, volatility: 0 });
    slippage.slip({ ...input, volatility: Number.NaN });
    expect(slippage.gaps).toEqual({ volume: 0, volatility: 1 });
  });
});

describe("what is asked for replaces the preset's member, and no other", () => {
  it.each<[string, CostSettings, readonly string[]]>([
    ["nothing", { costs: "ibkr-fixed" }, ["0.5", "0.5"]],
    ["the taker's rate", { costs: "ibkr-fixed", takerFee: asked.fee, maxFee: parseFixed("0.5") }, ["1", "0"]],
    ["the fee a unit", { costs: "ibkr-fixed", feePerUnit: parseFixed("0.1") }, ["0.5", "0.5"]],
    ["the minimum", { costs: "ibkr-fixed", minFee: parseFixed("0.2") }, ["0.2", "0"]],
    ["the cap", { costs: "ibkr-fixed", maxFee: parseFixed("0.05") }, ["1", "0"]],
    [
      "a fee an order",
      { costs: "ibkr-fixed", feePerOrder: parseFixed("3"), maxFee: parseFixed("1") },
      ["3.01", "0.01"],
    ],
    [
      "both rates",
      { costs: "binance-usdm", makerFee: parseFixed("0"), takerFee: asked.fee },
      ["0.035", "0.035"],
    ],
    [
      "a maker's rate does not touch takers",
      { costs: "binance-usdm", makerFee: parseFixed("0") },
      ["0.025", "0.025"],
    ],
  ])("%s", (_, settings, fees) => {
    const parts = [
      ["2", "25"],
      ["2", "25"],
    ] as const;
    expect(feesOf(costModelsOf(settings, 1).fees, parts, share)).toEqual(fees);
  });

  it("the currency", () => {
    const currencyOf = (settings: CostSettings) =>
      costModelsOf(settings, 1).fees.terms(true, btc, 0).currency;
    expect(currencyOf({ costs: "binance-spot" })).toBe("base");
    expect(currencyOf({ costs: "binance-spot", feeCurrency: "quote" })).toBe("quote");
  });

  it("slippage: a venue has no say in it, but for zero", () => {
    const slipOf = (settings: CostSettings) =>
      formatFixed(costModelsOf(settings, 1).slippage.slip({ ...input, volatility: Number.NaN }));
    expect(slipOf({ costs: "kraken-spot" })).toBe("100.05");
    expect(slipOf({ costs: "kraken-spot", slippage: parseFixed("0.001") })).toBe("100.1");
    expect(slipOf({ costs: "zero" })).toBe("100");
    expect(slipOf({ costs: "zero", slippage: parseFixed("0.001") })).toBe("100.1");
  });

  it("a named rate holds in every tier", () => {
    const { fees } = costModelsOf({ costs: "kraken-spot", makerFee: parseFixed("0.0001") }, 1);
    fees.booked!(parseFixed("60000"), btc, 0);
    const rates = [true, false].map((maker) => formatFixed(fees.terms(maker, btc, 864e5).rate));
    expect(rates).toEqual(["0.0001", "0.0024"]);
  });
});

describe("the description", () => {
  it("says all of it, exactly", () => {
    const settings = {
      ...asked,
      costs: "binance-spot-bnb",
      makerFee: asked.fee,
      minFee: parseFixed("0.10"),
    } as const;
    expect(costModelsOf(settings, 1).described).toEqual({
      preset: "binance-spot-bnb",
      source: "https://www.binance.com/en/fee/schedule",
      asOf: "2022-06-01",
      note: expect.stringContaining("BNB"),
      makerFee: "0.0007",
      takerFee: "0.00075",
      tiers: [],
      feePerOrder: null,
      feePerUnit: null,
      minFee: "0.1",
      maxFee: null,
      feeCurrency: "BNB@600",
      slippage: "0.0005",
      spread: "4bps",
      impact: "sqrt",
      latency: "0ms/5ms/6ms",
    });
  });

  it("lists tiers where there are some", () => {
    const { tiers, preset } = costModelsOf({ costs: "kraken-spot" }, 1).described;
    expect([preset, tiers.length]).toEqual(["kraken-spot", 10]);
    expect(tiers[1]).toEqual({ from: "10000", makerFee: "0.002", takerFee: "0.0035" });
  });

  it("is plain JSON", () => {
    const { described } = costModelsOf({ ...asked, costs: "okx-spot" }, 1);
    expect(JSON.parse(JSON.stringify(described))).toEqual(described);
  });
});
