/** A million random requests: whatever fills in whatever order, no limit is ever breached. */
import { describe, expect, it } from "vitest";
import { compareFixed, type Fixed, formatFixed, multiplyFixed, parseFixed } from "../../src/domain/fixed.ts";
import { snapQuantity } from "../../src/domain/instrument.ts";
import type { Bound, RiskLimits } from "../../src/domain/riskLimits.ts";
import type { RiskVerdict } from "../../src/engine/riskPolicy.ts";
import { btc, eth, future, worth } from "../support/riskDesk.ts";
import { marks, RiskStream, type StreamOptions } from "../support/riskStream.ts";

const money = (text: string): Bound => ({ of: "money", amount: parseFixed(text) });
const positions = new Map([
  ["BTC/USD", parseFixed("9.5")],
  ["*", parseFixed("60")],
]);

/** Runs a stream and looks at every fill. @returns verdicts by their count */
function run(options: StreamOptions, requests: number, check: (stream: RiskStream) => string | null) {
  const stream = new RiskStream(options);
  for (let i = 0; i < requests; i++) {
    const fault = stream.step() ? check(stream) : null;
    if (fault !== null) throw new Error(`seed ${options.seed}, request ${i}: ${fault}`);
  }
  expect(stream.fills).toBeGreaterThan(requests / 20);
  return stream.verdicts;
}

function above(what: string, value: Fixed, most: Fixed): string | null {
  return compareFixed(value, most) <= 0
    ? null
    : `${what} is ${formatFixed(value)}, most ${formatFixed(most)}`;
}

const abs = ({ units, scale }: Fixed): Fixed => ({ units: units < 0n ? -units : units, scale });

function positionFault({ purse }: RiskStream): string | null {
  for (const { instrument, quantity } of purse.holdings.values()) {
    const most = snapQuantity(instrument, positions.get(instrument.symbol) ?? positions.get("*")!);
    if ((quantity < 0n ? -quantity : quantity) > most)
      return `${instrument.symbol}: ${quantity}, most ${most}`;
  }
  return null;
}

function notionalFault({ purse }: RiskStream): string | null {
  for (const { instrument, quantity, mark } of purse.holdings.values()) {
    const fault = above(instrument.symbol, abs(worth(instrument, quantity, mark!)), most1500);
    if (fault !== null) return fault;
  }
  return null;
}

const most1200 = parseFixed("1200");
const most1500 = parseFixed("1500");
const most2500 = parseFixed("2500");

type Case = readonly [
  what: string,
  Omit<StreamOptions, "seed">,
  (stream: RiskStream) => string | null,
  RiskVerdict,
];

const leverage: RiskLimits = { maxLeverage: parseFixed("0.3") };

describe("no limit is ever breached", () => {
  it.each<Case>([
    ["position", { limits: { maxPosition: positions } }, positionFault, "refused:max-position"],
    [
      "position, while prices move",
      { limits: { maxPosition: positions, maxOrdersPerSecond: 50 }, pricesMove: true },
      positionFault,
      "refused:max-position",
    ],
    [
      "value of a position",
      { limits: { maxNotional: money("1500") } },
      notionalFault,
      "refused:max-notional",
    ],
    [
      "gross exposure",
      { limits: { maxGrossExposure: money("2500") } },
      (stream) => above("gross", stream.gross(), most2500),
      "refused:max-gross-exposure",
    ],
    [
      "leverage",
      { limits: leverage },
      (stream) =>
        above("gross", stream.gross(), multiplyFixed(leverage.maxLeverage!, stream.purse.exactEquity())),
      "refused:max-leverage",
    ],
    [
      "net exposure in one symbol",
      { limits: { maxNetExposure: money("1200") }, instruments: [btc] },
      (stream) => above("net", abs(stream.net()), most1200),
      "refused:max-net-exposure",
    ],
    [
      "net exposure of longs and shorts that nothing reduces",
      { limits: { maxNetExposure: money("1200") }, instruments: [btc, eth, future], onlyAdds: true },
      (stream) => above("net", abs(stream.net()), most1200),
      "refused:max-net-exposure",
    ],
    [
      "all of them together",
      { limits: { maxPosition: positions, maxNotional: money("1500"), maxGrossExposure: money("2500") } },
      (stream) => positionFault(stream) ?? notionalFault(stream) ?? above("gross", stream.gross(), most2500),
      "refused:max-position",
    ],
  ])("%s", (_, options, check, refusal) => {
    for (const seed of [1, 2]) {
      const verdicts = run({ ...options, seed }, 62_500, check);
      // A stream in which the limit did not bite, or nothing passed, would show nothing.
      expect(verdicts.get(refusal)).toBeGreaterThan(300);
      expect(verdicts.get(null)).toBeGreaterThan(300);
    }
  });

  it("and would be without the policy", () => {
    expect(() => run({ limits: {}, seed: 1 }, 1000, positionFault)).toThrow("most");
    expect(marks.size).toBe(3);
  });
});
