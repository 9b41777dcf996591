/** What a risk policy saves and finds again after a restart. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFixed as fixed } from "../../src/domain/fixed.ts";
import type { RiskLimits } from "../../src/domain/riskLimits.ts";
import { RiskDesk } from "../support/riskDesk.ts";

const limits: RiskLimits = {
  maxOrdersPerSecond: 3,
  maxOrdersPerDay: 40,
  maxDailyLoss: { of: "equity", amount: fixed("0.05") },
  maxDrawdown: fixed("0.15"),
  onMaxDrawdown: "flatten",
  coolDown: { losses: 2, ms: 3_600_000 },
};

/** What a policy lives through, one step each. */
const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("order" as const), wait: fc.integer({ min: 0, max: 900 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("equity" as const),
      change: fc.integer({ min: -300, max: 250 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("closed" as const), pnl: fc.integer({ min: -2, max: 1 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("pause" as const), hours: fc.integer({ min: 1, max: 30 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("kill" as const, "resume" as const) }) },
);
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

class Life {
  desk = new RiskDesk(limits);
  equity = 10_000;

  live(next: Event): unknown {
    const { desk } = this;
    if (next.kind === "order") {
      desk.time += next.wait;
      return desk.order("buy", { quantity: "0.001" });
    }
    if (next.kind === "equity") return desk.policy.onEquity(desk.time, (this.equity += next.change));
    if (next.kind === "closed") return desk.policy.onTradeClosed(desk.time, fixed(String(next.pnl)));
    if (next.kind === "pause") desk.time += next.hours * 3_600_000;
    if (next.kind === "kill") desk.policy.kill("test");
    if (next.kind === "resume") desk.policy.resume();
    return desk.policy.haltedBecause(desk.time);
  }

  /** The process ends here, and another begins with what was saved, as JSON. */
  restart(): void {
    const { policy, time } = this.desk;
    const saved = JSON.parse(JSON.stringify(policy.state())) as unknown;
    this.desk = new RiskDesk(limits);
    this.desk.time = time;
    this.desk.policy.restore(saved);
  }
}

describe("a restored policy", () => {
  it("goes on as if it had never stopped", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 120 }), fc.nat(120), (events, at) => {
        const [one, other] = [new Life(), new Life()];
        events.forEach((next, i) => {
          if (i === at) other.restart();
          expect(other.live(next)).toEqual(one.live(next));
        });
        expect(other.desk.policy.state()).toEqual(one.desk.policy.state());
      }),
      { numRuns: 300 },
    );
  });

  it("remembers the kill switch and why", () => {
    const desk = new RiskDesk(limits);
    desk.policy.kill("by hand");
    const next = new RiskDesk(limits);
    next.policy.restore(desk.policy.state());
    expect(next.policy.haltedBecause(0)).toBe("kill switch: by hand");
  });

  it("keeps a switch that its own limits set", () => {
    const next = new RiskDesk({ ...limits, killSwitch: true });
    next.policy.restore(new RiskDesk(limits).policy.state());
    expect(next.order("buy", {})).toBe("refused:halted");
  });

  it("counts the youngest orders when the pace was changed", () => {
    const desk = new RiskDesk({ maxOrdersPerSecond: 3 });
    for (const time of [100, 200, 300]) {
      desk.time = time;
      desk.order("buy", {});
    }
    const next = new RiskDesk({ maxOrdersPerSecond: 2 });
    next.policy.restore(desk.policy.state());
    next.time = 1199;
    expect(next.order("buy", {})).toBe("refused:order-rate");
    next.time = 1200;
    expect(next.order("buy", {})).toBeNull();
  });

  const good = new RiskDesk(limits).policy.state();
  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a text", "torn"],
    ["another version", { ...good, version: 2 }],
    ["no losses", { ...good, losses: undefined }],
    ["a peak that is none", { ...good, losses: { ...good.losses, peak: null } }],
    ["a missing field", { ...good, losses: { ...good.losses, drawnDown: undefined } }],
    ["times that are none", { ...good, orders: { ...good.orders, sent: ["1"] } }],
    ["a switch that is no text", { ...good, killed: true }],
  ])("fails closed on %s", (_, state) => {
    const desk = new RiskDesk(limits);
    desk.policy.restore(state);
    expect(desk.order("buy", {})).toBe("refused:halted");
    expect(desk.policy.haltedBecause(0)).toContain("can't be read");
  });
});
