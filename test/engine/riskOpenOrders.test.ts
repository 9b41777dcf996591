/** Open orders count towards limits, and every order is looked at again when it is sent. BTC stands at 100. */
import { describe, expect, it } from "vitest";
import { parseFixed as fixed } from "../../src/domain/fixed.ts";
import type { Bound } from "../../src/domain/riskLimits.ts";
import { btc, type DeskStart, eth, RiskDesk } from "../support/riskDesk.ts";
import { command } from "../support/tradingFloor.ts";

const money = (text: string): Bound => ({ of: "money", amount: fixed(text) });
const most = (quantity: string) => ({ maxPosition: new Map([["*", fixed(quantity)]]) });
const long = (quantity: string): DeskStart => ({ held: [[btc, quantity, "100"]] });

describe("open orders count", () => {
  it("five orders of one unit do not pass a most of one", () => {
    const desk = new RiskDesk(most("1"));
    const verdicts = Array.from({ length: 5 }, () => desk.order("buy", { limit: "99" }));
    expect(verdicts).toEqual([null, ...Array(4).fill("refused:max-position")]);
  });

  it("until they end, by what is left of them", () => {
    const desk = new RiskDesk(most("5"));
    desk.order("buy", { quantity: "5", limit: "99" });
    desk.fill(1, "buy", "2", false);
    expect(desk.order("buy", { quantity: "0.1" })).toBe("refused:max-position");
    desk.policy.ended(1);
    expect(desk.order("buy", { quantity: "3.1" })).toBe("refused:max-position");
    expect(desk.order("buy", { quantity: "3" })).toBeNull();
  });

  it("on the side they add to", () => {
    const desk = new RiskDesk(most("5"));
    desk.order("buy", { quantity: "5", limit: "99" });
    expect(desk.order("sell", { quantity: "5", limit: "101" })).toBeNull();
    expect(desk.order("sell", { quantity: "1", limit: "101" })).toBe("refused:max-position");
  });

  it("in gross exposure with the larger of their sides", () => {
    const desk = new RiskDesk(
      { maxGrossExposure: money("1000") },
      {
        held: [
          [btc, "0", "100"],
          [eth, "0", "10"],
        ],
      },
    );
    desk.order("buy", { quantity: "5", limit: "99" });
    desk.order("sell", { quantity: "4", limit: "101" });
    expect(desk.order("buy", { instrument: eth, quantity: "50.01" })).toBe("refused:max-gross-exposure");
    expect(desk.order("buy", { instrument: eth, quantity: "50" })).toBeNull();
  });

  it("an order by value with its value, two halves of all equity being all of it", () => {
    const desk = new RiskDesk(
      { maxLeverage: fixed("1") },
      {
        held: [
          [btc, "0", "100"],
          [eth, "0", "10"],
        ],
      },
    );
    expect(desk.order("buy", { value: "5000", cap: "52.6" }, "50")).toBeNull();
    expect(desk.order("buy", { instrument: eth, value: "5000", cap: "526" }, "500")).toBeNull();
    expect(desk.order("buy", { value: "1", cap: "0.02" }, "0.01")).toBe("refused:max-leverage");
  });

  it("a reversal can't count on a position that its exits may close first", () => {
    const desk = new RiskDesk(most("5"));
    desk.order("buy", { quantity: "5", stopLoss: "90" });
    desk.fill(1, "buy", "5");
    expect(desk.order("sell", { quantity: "10" })).toBe("refused:max-position");
    desk.policy.ended(2);
    expect(desk.order("sell", { quantity: "10" })).toBeNull();
  });

  it("what a reversal on its way closes can't be closed once more, unless all must out", () => {
    const desk = new RiskDesk(most("5"), long("5"));
    desk.order("sell", { quantity: "10" });
    const close = { quantity: "5", reduceOnly: true };
    expect(desk.order("sell", close)).toBe("refused:no-position");
    desk.policy.kill("test");
    expect(desk.order("sell", close)).toBeNull();
  });

  it("after a restart, without being counted as sent", () => {
    const desk = new RiskDesk({ ...most("5"), maxOrdersPerDay: 1 });
    desk.policy.adopt(command(99, "buy", { instrument: btc, quantity: "4", limit: "99" }), 400_000_000n);
    expect(desk.order("buy", { quantity: "1.1" })).toBe("refused:max-position");
    expect(desk.order("buy", { quantity: "1" })).toBeNull();
  });
});

describe("the look at the moment of sending", () => {
  it("does not count the order twice", () => {
    const desk = new RiskDesk({ ...most("5"), maxOrdersPerSecond: 1 });
    desk.order("buy", { quantity: "5" });
    expect(desk.recheck(1, "buy", { quantity: "5" })).toBeNull();
  });

  it("sees a kill switch engaged since, and lets what reduces go", () => {
    const desk = new RiskDesk(most("5"));
    desk.order("buy", { quantity: "5" });
    desk.policy.kill("by hand");
    expect(desk.recheck(1, "buy", { quantity: "5" })).toBe("refused:halted");
    expect(desk.recheck(2, "sell", { quantity: "5", reduceOnly: true })).toBeNull();
    desk.policy.resume();
    expect(desk.recheck(1, "buy", { quantity: "5" })).toBeNull();
  });

  it("sees prices that have moved", () => {
    const desk = new RiskDesk({ maxNotional: money("500") });
    desk.order("buy", { quantity: "5" });
    desk.mark("100.01");
    expect(desk.recheck(1, "buy", { quantity: "5" })).toBe("refused:max-notional");
  });
});

describe("an order that takes the place of another does not count twice", () => {
  it("what it is beyond that one is new, at first sight and while both are open", () => {
    const desk = new RiskDesk(most("5"));
    desk.order("buy", { quantity: "4", limit: "99" });
    expect(desk.order("buy", { quantity: "5.1", limit: "98", replaces: 1 })).toBe("refused:max-position");
    expect(desk.order("buy", { quantity: "5", limit: "98", replaces: 1 })).toBeNull();
    expect(desk.order("buy", { quantity: "0.1", limit: "97" })).toBe("refused:max-position");
  });

  it("a smaller one makes room once the larger has ended, and not before", () => {
    const desk = new RiskDesk(most("5"));
    desk.order("buy", { quantity: "5", limit: "99" });
    desk.order("buy", { quantity: "2", limit: "98", replaces: 1 });
    expect(desk.order("buy", { quantity: "1", limit: "97" })).toBe("refused:max-position");
    desk.policy.ended(1);
    expect(desk.order("buy", { quantity: "3.1", limit: "97" })).toBe("refused:max-position");
    expect(desk.order("buy", { quantity: "3", limit: "97" })).toBeNull();
  });

  it("fills of the old one while the change is on its way are taken off both", () => {
    const desk = new RiskDesk(most("5"));
    desk.order("buy", { quantity: "4", limit: "99" });
    desk.order("buy", { quantity: "4", limit: "98", replaces: 1 });
    desk.fill(1, "buy", "3", false);
    desk.policy.ended(1);
    expect(desk.order("buy", { quantity: "1.1", limit: "97" })).toBe("refused:max-position");
    expect(desk.order("buy", { quantity: "1", limit: "97" })).toBeNull();
  });

  it("the old one stays in the count when the change never leaves", () => {
    const desk = new RiskDesk(most("5"));
    desk.order("buy", { quantity: "4", limit: "99" });
    desk.order("buy", { quantity: "2", limit: "98", replaces: 1 });
    desk.policy.ended(2);
    expect(desk.order("buy", { quantity: "1.1", limit: "97" })).toBe("refused:max-position");
    expect(desk.order("buy", { quantity: "1", limit: "97" })).toBeNull();
  });

  it("an order at the market that turns the position around may shrink to one that closes it", () => {
    const desk = new RiskDesk(most("9"), long("5"));
    desk.order("sell", { quantity: "7" });
    expect(desk.order("sell", { quantity: "5", replaces: 1 })).toBe("reduce-only");
  });

  it("a moved exit protects as much as before", () => {
    const desk = new RiskDesk(most("5"));
    desk.order("buy", { quantity: "3", limit: "99", stopLoss: "90" });
    desk.fill(1, "buy", "3");
    desk.order("sell", { quantity: "0", stop: "92", reduceOnly: true, replaces: 2 });
    desk.policy.ended(2);
    // The exit may close the 3 before: then the sell that was to close 3 and open 5 opens 8.
    expect(desk.order("sell", { quantity: "5.1" })).toBe("refused:max-position");
    desk.policy.ended(3);
    expect(desk.order("sell", { quantity: "8" })).toBeNull();
  });
});
