/** What halts trading and for how long: losses, drawdown, the kill switch; and how fast orders may follow one another. */
import { describe, expect, it } from "vitest";
import { parseFixed as fixed } from "../../src/domain/fixed.ts";
import type { RiskLimits } from "../../src/domain/riskLimits.ts";
import { RiskDesk } from "../support/riskDesk.ts";

const day = 86_400_000;
const hour = 3_600_000;
const threePercent: RiskLimits = { maxDailyLoss: { of: "equity", amount: fixed("0.03") } };

/** Equity by hours since the day began; the answers. */
function watch(limits: RiskLimits, path: readonly (readonly [hours: number, equity: number])[]) {
  const desk = new RiskDesk(limits);
  const answers = path.map(([hours, equity]) => desk.policy.onEquity(hours * hour, equity));
  const allowed = (hours: number): boolean => {
    desk.time = hours * hour;
    return desk.order("buy", { quantity: "0.001" }) === null;
  };
  return { answers, allowed, desk };
}

describe("the largest daily loss", () => {
  it.each<[string, RiskLimits, [number, number][], (string | null)[]]>([
    [
      "is reached exactly",
      threePercent,
      [
        [1, 10_000],
        [2, 9_700.01],
        [3, 9_700],
      ],
      [null, null, "halt"],
    ],
    [
      "is told once a day",
      threePercent,
      [
        [1, 10_000],
        [2, 9_000],
        [3, 8_000],
      ],
      [null, "halt", null],
    ],
    [
      "starts anew with what the day before ended with",
      threePercent,
      [
        [1, 10_000],
        [23, 9_800],
        [25, 9_600],
        [26, 9_506],
      ],
      [null, null, null, "halt"],
    ],
    [
      "takes a gap over midnight for a loss of the new day",
      threePercent,
      [
        [1, 10_000],
        [25, 9_700],
      ],
      [null, "halt"],
    ],
    [
      "counts midnight as the end of a day",
      threePercent,
      [
        [1, 10_000],
        [24, 9_800],
        [25, 9_510],
      ],
      [null, null, null],
    ],
    [
      "is measured from the day's start, not from its peak",
      threePercent,
      [
        [1, 10_000],
        [2, 11_000],
        [3, 9_701],
      ],
      [null, null, null],
    ],
    [
      "may be money",
      { maxDailyLoss: { of: "money", amount: fixed("250") } },
      [
        [1, 10_000],
        [2, 9_751],
        [3, 9_750],
      ],
      [null, null, "halt"],
    ],
    [
      "may close all positions",
      { ...threePercent, onMaxDailyLoss: "flatten" },
      [
        [1, 10_000],
        [2, 9_000],
      ],
      [null, "flatten"],
    ],
    [
      "is reached by a sum that doubles round",
      { maxDailyLoss: { of: "money", amount: fixed("0.3") } },
      [
        [1, 1],
        [2, 1 - (0.1 + 0.2)],
      ],
      [null, "halt"],
    ],
    [
      "is not there unless it is set",
      { maxOrdersPerDay: 5 },
      [
        [1, 10_000],
        [2, 1],
      ],
      [null, null],
    ],
  ])("%s", (_, limits, path, answers) => {
    expect(watch(limits, path).answers).toEqual(answers);
  });

  it("halts until its UTC day ends", () => {
    const { allowed, desk } = watch(threePercent, [
      [1, 10_000],
      [2, 9_000],
    ]);
    expect(desk.policy.haltedBecause(2 * hour)).toBe("maximum daily loss");
    expect([allowed(3), allowed(24), allowed(24.001)]).toEqual([false, false, true]);
    expect(desk.policy.haltedBecause(25 * hour)).toBeNull();
  });

  it("is not lifted by resuming", () => {
    const { allowed, desk } = watch(threePercent, [
      [1, 10_000],
      [2, 9_000],
    ]);
    desk.policy.resume();
    expect(allowed(3)).toBe(false);
  });
});

describe("the largest drawdown", () => {
  const limits: RiskLimits = { maxDrawdown: fixed("0.2") };

  it.each<[string, RiskLimits, [number, number][], (string | null)[]]>([
    [
      "is measured from the peak",
      limits,
      [
        [1, 10_000],
        [2, 12_000],
        [3, 9_601],
        [4, 9_600],
      ],
      [null, null, null, "halt"],
    ],
    [
      "counts over days",
      limits,
      [
        [1, 10_000],
        [30, 9_000],
        [60, 8_000],
      ],
      [null, null, "halt"],
    ],
    [
      "may close all positions",
      { ...limits, onMaxDrawdown: "flatten" },
      [
        [1, 10_000],
        [2, 8_000],
        [3, 7_000],
      ],
      [null, "flatten", null],
    ],
    [
      "closes when the daily loss only halts",
      { ...limits, ...threePercent, onMaxDrawdown: "flatten" },
      [
        [1, 10_000],
        [2, 8_000],
      ],
      [null, "flatten"],
    ],
    [
      "does not undo that a daily loss closes",
      { ...limits, ...threePercent, onMaxDailyLoss: "flatten" },
      [
        [1, 10_000],
        [2, 8_000],
      ],
      [null, "flatten"],
    ],
  ])("%s", (_, given, path, answers) => {
    expect(watch(given, path).answers).toEqual(answers);
  });

  it("halts for good, until it is resumed with a new peak", () => {
    const { allowed, desk } = watch(limits, [
      [1, 10_000],
      [2, 8_000],
    ]);
    expect([allowed(3), allowed(1000)]).toEqual([false, false]);
    expect(desk.policy.haltedBecause(1000 * hour)).toBe("maximum drawdown");
    desk.policy.resume();
    expect(allowed(1001)).toBe(true);
    expect([7_000, 6_400].map((equity, i) => desk.policy.onEquity((1002 + i) * hour, equity))).toEqual([
      null,
      "halt",
    ]);
  });
});

describe("the cool-down", () => {
  const limits: RiskLimits = { coolDown: { losses: 2, ms: hour } };

  it.each<[string, string[], string | null]>([
    ["begins after losses in a row", ["-1", "-0.01"], "refused:cool-down"],
    ["not before", ["-1"], null],
    ["not when a win came between", ["-1", "1", "-1"], null],
    ["not when a trade between broke even", ["-1", "0", "-1"], null],
    ["counts from nothing once it has begun", ["-1", "-1", "-1"], "refused:cool-down"],
  ])("%s", (_, pnls, verdict) => {
    const desk = new RiskDesk(limits);
    for (const pnl of pnls) desk.policy.onTradeClosed(desk.time, fixed(pnl));
    expect(desk.order("buy", {})).toBe(verdict);
  });

  it("lasts as long as it says", () => {
    const desk = new RiskDesk(limits);
    for (const pnl of ["-1", "-1"]) desk.policy.onTradeClosed(0, fixed(pnl));
    desk.time = hour - 1;
    expect(desk.order("buy", {})).toBe("refused:cool-down");
    desk.time = hour;
    expect(desk.order("buy", {})).toBeNull();
  });
});

describe("the kill switch", () => {
  it("works without any limit, and says why", () => {
    const desk = new RiskDesk({});
    desk.policy.kill("the phone rang");
    expect(desk.order("buy", {})).toBe("refused:halted");
    expect(desk.policy.haltedBecause(0)).toBe("kill switch: the phone rang");
    desk.policy.resume();
    expect(desk.order("buy", {})).toBeNull();
  });
});

describe("the pace of orders", () => {
  const at = (limits: RiskLimits, times: readonly number[]) => {
    const desk = new RiskDesk(limits);
    return times.map((time) => {
      desk.time = time;
      return desk.order("buy", { quantity: "0.001" })?.slice("refused:".length) ?? "sent";
    });
  };

  it.each<[string, RiskLimits, number[], string[]]>([
    [
      "a second slides",
      { maxOrdersPerSecond: 2 },
      [0, 600, 999, 1000, 1599, 1600],
      ["sent", "sent", "order-rate", "sent", "order-rate", "sent"],
    ],
    [
      "what is refused does not count",
      { maxOrdersPerSecond: 1 },
      [0, 900, 1000],
      ["sent", "order-rate", "sent"],
    ],
    ["one instant is one second", { maxOrdersPerSecond: 2 }, [5, 5, 5], ["sent", "sent", "order-rate"]],
    [
      "a day is a UTC day, midnight its end",
      { maxOrdersPerDay: 2 },
      [1, day, day, day + 1],
      ["sent", "sent", "orders-per-day", "sent"],
    ],
  ])("%s", (_, limits, times, expected) => {
    expect(at(limits, times)).toEqual(expected);
  });
});
