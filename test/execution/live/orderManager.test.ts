import { describe, expect, it } from "vitest";
import { TradingSession, units } from "./tradingSession.ts";

describe("the life of an order", () => {
  it("sends a market order once, books its fill and tells no more", async () => {
    const session = await new TradingSession().start();
    const order = session.place({ quantity: "1" });
    await session.settle();
    expect(session.told(order)).toEqual(["fill"]);
    expect(session.fills[0]).toMatchObject({ quantity: units("1"), remaining: 0n, trade: "1000" });
    expect(session.venue.arrived).toEqual(["gs-abc123-1"]);
  });

  it("tells that a limit order rests, fills it in parts and cancels the rest", async () => {
    const session = await new TradingSession({ faults: { partial: 1 } }).start();
    const order = session.place({ quantity: "1", limit: "99" });
    await session.settle();
    expect(session.told(order)).toEqual(["accepted"]);
    session.venue.faults = {};
    session.venue.partly(session.venue.find("gs-abc123-1")!, "0.4");
    await session.settle();
    expect(session.filled(order)).toBe(units("0.4"));
    session.cancel(order);
    await session.settle();
    expect(session.told(order)).toEqual(["accepted", "fill", "cancelled:by-strategy"]);
    expect(session.standing).toEqual([]);
  });

  it("spends a value to the cent where the venue can, in as many trades as it takes", async () => {
    const session = await new TradingSession({ seed: 3, faults: { partial: 1 } }).start();
    const order = session.place({ value: "1000.559999" });
    await session.settle();
    expect(session.venue.orders[0]!.order.value!.toFixed()).toBe("1000.55");
    expect(session.filled(order)).toBe(units("10.0055"));
    expect(["fill", "filled"]).toContain(session.told(order).at(-1));
    expect(session.told(order).filter((kind) => kind === "filled").length).toBeLessThan(2);
  });

  it("sizes a value by its limit, or the last price, where the venue can't", async () => {
    const abilities = { ...(await new TradingSession().venue.abilities), byValue: false };
    const session = await new TradingSession({ abilities }).start();
    session.price("100");
    const [market, limit] = [session.place({ value: "1000" }), session.place({ value: "1000", limit: "50" })];
    await session.settle();
    session.price("50");
    await session.settle();
    expect([session.filled(market), session.filled(limit)]).toEqual([units("10"), units("20")]);
  });

  it.each([
    ["Account has insufficient balance for requested action.", "refused:insufficient-cash"],
    ["Filter failure: NOTIONAL", "refused:min-notional"],
    ["Filter failure: LOT_SIZE", "refused:below-lot"],
    ["Order would immediately match and take.", "expired:post-only"],
    ["refused:below-lot", "refused:below-lot"],
    ["No trading on Sundays.", "refused:by-venue"],
  ])("a refusal (%s) ends it with %s", async (message, reason) => {
    const session = await new TradingSession().start();
    session.venue.refuseWith = message;
    const order = session.place({ quantity: "1", limit: "90" });
    await session.settle();
    expect(session.told(order)).toEqual([reason]);
    expect(session.venue.arrived).toHaveLength(1);
  });

  it.each([
    ["IOC", "expired:ioc"],
    ["FOK", "expired:fok"],
  ] as const)("%s that nothing fills ends with %s", async (timeInForce, reason) => {
    const session = await new TradingSession().start();
    const order = session.place({ quantity: "1", limit: "90", timeInForce });
    await session.settle();
    expect(session.told(order).at(-1)).toBe(reason);
  });

  it("cancels what is good till a date, or for the day, when the venue can't", async () => {
    const session = await new TradingSession().start();
    const day = session.place({ quantity: "1", limit: "90", timeInForce: "DAY" });
    const date = session.place({
      ...{ quantity: "1", limit: "91", timeInForce: "GTD" as const },
      expires: session.clock.now + 5000,
    });
    await session.run(4000);
    expect([session.told(day), session.told(date)]).toEqual([["accepted"], ["accepted"]]);
    await session.run(4000);
    expect([session.told(day), session.told(date)]).toEqual([
      ["accepted"],
      ["accepted", "cancelling", "expired:gtd"],
    ]);
    await session.clock.advance(12 * 3_600_000);
    await session.settle();
    expect(session.told(day)).toEqual(["accepted", "cancelling", "expired:day"]);
    expect(session.standing).toEqual([]);
  });

  it("sells no more than what is held, when it may only reduce", async () => {
    const session = await new TradingSession().start();
    session.place({ quantity: "1" });
    await session.settle();
    session.venue.balances.base = session.venue.balances.base.plus(5);
    const close = session.place({ quantity: "3", side: "sell", reduceOnly: true });
    await session.settle();
    // 0.1 % went in coins: 0.999 are left, whatever else the account has.
    expect(session.filled(close)).toBe(units("0.999"));
    const again = session.place({ quantity: "3", side: "sell", reduceOnly: true });
    await session.settle();
    expect(session.told(again)).toEqual(["refused:no-position"]);
  });
});

describe("what is not known", () => {
  it.each(["acceptThenTimeOut", "late"] as const)(
    "%s: asks until the venue says, and sends nothing twice",
    async (fault) => {
      const session = await new TradingSession({ faults: { [fault]: 1, hidden: 1, swallowed: 1 } }).start();
      const order = session.place({ quantity: "1", limit: "90" });
      await session.settle();
      expect(session.told(order)).toEqual(["doubt", "settled", "accepted"]);
      expect(session.venue.arrived).toEqual(["gs-abc123-1"]);
    },
  );

  it("an order that never arrived ends as such, not before it can't arrive any more", async () => {
    const session = await new TradingSession({ faults: { lost: 1 } }).start();
    const order = session.place({ quantity: "1" });
    await session.run(5900);
    expect(session.told(order)).toEqual(["doubt"]);
    await session.settle();
    expect(session.told(order)).toEqual(["doubt", "refused:not-sent"]);
    expect(session.venue.arrived).toEqual([]);
  });

  it("a cancel waits for the answer, and takes back what is found then", async () => {
    const session = await new TradingSession({ faults: { late: 1 } }).start();
    const order = session.place({ quantity: "1", limit: "90" });
    session.cancel(order);
    await session.settle();
    expect(session.told(order).at(-1)).toBe("cancelled:by-strategy");
    expect(session.standing).toEqual([]);
  });

  it("waits when the venue asks for quiet, and loses nothing", async () => {
    const session = await new TradingSession().start();
    session.venue.faults = { limited: 1 };
    const orders = [session.place({ quantity: "1" }), session.place({ quantity: "2" })];
    await session.run(3000);
    expect(session.venue.arrived).toEqual([]);
    session.venue.faults = {};
    await session.run(60_000);
    expect(orders.map((order) => session.told(order))).toEqual([["fill"], ["fill"]]);
    expect(session.venue.arrived).toEqual(["gs-abc123-1", "gs-abc123-2"]);
  });

  it("fetches trades that nobody told of, and books each once however often it comes", async () => {
    const faults = { swallowed: 0.5, duplicated: 0.7, delayed: 0.5, partial: 1 };
    const session = await new TradingSession({ seed: 5, faults }).start();
    for (let i = 0; i < 10; i++) session.place({ quantity: "1" });
    await session.run(30_000);
    expect(session.fills.map(({ trade }) => trade).toSorted()).toEqual(
      session.venue.trades.map(({ id }) => id).toSorted(),
    );
    expect(session.fills.length).toBeGreaterThan(10);
  });

  it("a fill that comes after the cancel books all the same", async () => {
    const session = await new TradingSession({ faults: { swallowed: 1 } }).start();
    const order = session.place({ quantity: "1", limit: "90" });
    await session.settle();
    session.venue.partly(session.venue.find("gs-abc123-1")!, "0.3");
    session.cancel(order);
    await session.settle();
    expect(session.told(order)).toEqual(["accepted", "fill", "cancelled:by-strategy"]);
    expect(session.filled(order)).toBe(units("0.3"));
  });

  it("an overfill asks for a halt", async () => {
    const session = await new TradingSession().start();
    const order = session.place({ quantity: "1", limit: "90" });
    await session.settle();
    session.venue.partly(session.venue.find("gs-abc123-1")!, "1.5");
    await session.settle();
    expect(session.filled(order)).toBe(units("1.5"));
    expect(session.events.at(-1)).toMatchObject({ kind: "halt", cause: "overfill" });
  });
});

describe("what others do to the account", () => {
  it("an order cancelled at the venue ends", async () => {
    const session = await new TradingSession().start();
    const order = session.place({ quantity: "1", limit: "90" });
    await session.settle();
    session.venue.cancelOutside("gs-abc123-1");
    await session.settle();
    expect(session.told(order)).toEqual(["accepted", "cancelled:by-user"]);
  });

  it("…even when nobody tells, at the next reconciliation", async () => {
    const session = await new TradingSession().start();
    const order = session.place({ quantity: "1", limit: "90" });
    await session.settle();
    session.venue.faults = { swallowed: 1 };
    session.venue.cancelOutside("gs-abc123-1");
    const report = await session.clock.until(session.manager.reconcile());
    expect(report.missing).toEqual(["gs-abc123-1"]);
    await session.settle();
    expect(session.told(order)).toEqual(["accepted", "cancelled:by-user"]);
  });

  it("a manual trade becomes a fill of no order, and changes what is held", async () => {
    const session = await new TradingSession().start();
    session.place({ quantity: "1" });
    await session.settle();
    session.venue.manual("sell", "0.5");
    await session.settle();
    expect(session.fills.at(-1)).toMatchObject({ number: 0, side: "sell", quantity: units("0.5") });
    const close = session.place({ quantity: "1", side: "sell", reduceOnly: true });
    await session.settle();
    expect(session.filled(close)).toBe(units("0.499"));
  });

  it("or asks for a halt, once, restarts included", async () => {
    const session = await new TradingSession({}, { onDrift: "halt" }).start();
    session.venue.manual("buy", "0.5");
    await session.settle();
    session.kill();
    await session.start();
    await session.settle();
    expect(session.fills).toEqual([]);
    expect(session.events.filter(({ kind }) => kind === "halt")).toMatchObject([
      { cause: "manual-trade", trade: "1000" },
    ]);
  });

  it("orders that are not ours are told of and left alone", async () => {
    const session = await new TradingSession().start();
    session.venue.foreign();
    const report = await session.clock.until(session.manager.reconcile());
    expect(report.foreign).toHaveLength(1);
    expect(session.statuses.map(({ code }) => code)).toContain("foreign-order");
    expect(session.standing).toEqual(["someone-else"]);
  });

  it("an order of ours that nobody has use for is cancelled", async () => {
    const session = await new TradingSession().start();
    session.venue.foreign("gs-abc123-77");
    const report = await session.clock.until(session.manager.reconcile());
    expect(report.orphans).toEqual(["gs-abc123-77"]);
    expect(session.standing).toEqual([]);
  });

  it("what happened while the stream was down is found when it is back", async () => {
    const session = await new TradingSession().start();
    const order = session.place({ quantity: "1", limit: "90" });
    await session.settle();
    session.venue.breakStream(3000);
    session.venue.moveTo(89);
    await session.run(2000);
    expect(session.told(order)).toEqual(["accepted"]);
    await session.run(3000);
    expect(session.told(order)).toEqual(["accepted", "fill"]);
  });
});

describe("orders that depend on others", () => {
  it("a replacement is sent when the other is gone, for what that left", async () => {
    const session = await new TradingSession().start();
    const old = session.place({ quantity: "1", limit: "90" });
    await session.settle();
    session.venue.faults = { swallowed: 1 };
    session.venue.partly(session.venue.find("gs-abc123-1")!, "0.3");
    const next = session.place({ quantity: "1", limit: "91", replaces: old });
    await session.settle();
    expect(session.told(old)).toEqual(["accepted", "fill", "cancelled:by-strategy"]);
    expect(session.told(next)).toEqual(["accepted"]);
    expect(session.venue.find("gs-abc123-2")!.quantity!.toFixed()).toBe("0.7");
  });

  it("and refused when it has filled meanwhile", async () => {
    const session = await new TradingSession().start();
    const old = session.place({ quantity: "1", limit: "90" });
    await session.settle();
    session.venue.moveTo(80);
    const next = session.place({ quantity: "1", limit: "91", replaces: old });
    await session.settle();
    expect([session.told(old), session.told(next)]).toEqual([
      ["accepted", "fill"],
      ["refused:nothing-to-replace"],
    ]);
  });

  it("the first of a group that fills cancels the others", async () => {
    const session = await new TradingSession().start();
    const [a, b] = [
      session.place({ quantity: "1", limit: "90", group: "g" }),
      session.place({ quantity: "1", stop: "110", group: "g" }),
    ];
    await session.settle();
    session.price("111");
    await session.settle();
    expect(session.told(b)).toEqual(["accepted", "fill"]);
    expect(session.told(a)).toEqual(["accepted", "cancelled:oco"]);
  });

  it("a trailing stop moves at the venue, and never away from the market", async () => {
    const session = await new TradingSession().start();
    session.place({ quantity: "1" });
    await session.settle();
    const trail = { kind: "amount", amount: { units: 5n, scale: 0 } } as const;
    const stop = session.place({ quantity: "0.999", side: "sell", stop: "95", type: "stop", trail });
    await session.settle();
    session.price("110");
    await session.settle();
    session.price("107");
    await session.settle();
    expect(session.standing).toEqual(["gs-abc123-2-2"]);
    expect(session.venue.find("gs-abc123-2-2")!.order.stopPrice!.toFixed()).toBe("105");
    session.price("104");
    await session.settle();
    expect(session.told(stop)).toEqual(["accepted", "moved", "fill"]);
  });
});

describe("stopping", () => {
  it("takes everything back, or all but what protects", async () => {
    const session = await new TradingSession().start();
    session.place({ quantity: "1", stopLoss: "90", takeProfit: "120" });
    const rest = session.place({ quantity: "1", limit: "80" });
    await session.settle();
    await session.clock.until(session.manager.cancelAll("cancelled:by-user", "protective"));
    session.take();
    expect(session.told(rest)).toEqual(["accepted", "cancelling", "cancelled:by-user"]);
    expect(session.standing).toEqual(["gs-abc123-2", "gs-abc123-3"]);
    await session.clock.until(session.manager.cancelAll("cancelled:by-user"));
    expect(session.standing).toEqual([]);
  });
});
