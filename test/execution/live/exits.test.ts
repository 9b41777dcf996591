import { describe, expect, it } from "vitest";
import { TradingSession, units } from "./tradingSession.ts";
import { allAbilities } from "./venueFaults.ts";

/** An entry of 1 with a stop at 90 and a target at 120, filled; exits are the orders 2 and 3. */
async function protectedPosition(
  ...options: ConstructorParameters<typeof TradingSession>
): Promise<TradingSession> {
  const session = await new TradingSession(...options).start();
  session.price("100");
  session.place({ quantity: "1", stopLoss: "90", takeProfit: "120" });
  await session.settle();
  return session;
}

/** Client ids and quantities of what stands at the venue. */
function standing(session: TradingSession): readonly string[] {
  return session.venue.open().map((one) => `${one.clientId} ${one.quantity!.minus(one.filled).toFixed()}`);
}

describe("exits on a venue that has pairs", () => {
  it("stand there as soon as the entry has filled, for what is held of it", async () => {
    const session = await protectedPosition();
    expect(standing(session)).toEqual(["gs-abc123-2 0.999", "gs-abc123-3 0.999"]);
    expect([session.told(2), session.told(3)]).toEqual([["accepted"], ["accepted"]]);
  });

  it("end with an entry that never filled", async () => {
    const session = await new TradingSession().start();
    const entry = session.place({ quantity: "1", limit: "50", stopLoss: "40", takeProfit: "60" });
    await session.settle();
    session.cancel(entry);
    await session.settle();
    expect([session.told(2), session.told(3)]).toEqual([["cancelled:oco"], ["cancelled:oco"]]);
    expect(session.standing).toEqual([]);
  });

  it.each([
    ["89", 2, 3],
    ["121", 3, 2],
  ])("at %s order %i fills and order %i ends", async (price, filled, other) => {
    const session = await protectedPosition();
    session.price(price);
    await session.settle();
    expect(session.told(filled)).toEqual(["accepted", "fill"]);
    expect(session.told(other)).toEqual(["accepted", "cancelled:oco"]);
    expect(session.filled(filled)).toBe(units("0.999"));
    expect(session.fills.at(-1)!.remaining).toBe(0n);
  });

  it("grow with their entry", async () => {
    const session = await new TradingSession().start();
    session.place({ quantity: "1", limit: "95", stopLoss: "90", takeProfit: "120" });
    await session.settle();
    session.venue.partly(session.venue.find("gs-abc123-1")!, "0.4");
    await session.settle();
    expect(standing(session).slice(1)).toEqual(["gs-abc123-2 0.3996", "gs-abc123-3 0.3996"]);
    session.venue.partly(session.venue.find("gs-abc123-1")!, "0.6");
    await session.settle();
    expect(standing(session)).toEqual(["gs-abc123-2-2 0.999", "gs-abc123-3-2 0.999"]);
  });

  it("a target that fills in part leaves the rest under the stop", async () => {
    const session = await protectedPosition();
    session.venue.partly(session.venue.find("gs-abc123-3")!, "0.4");
    await session.settle();
    expect(standing(session)).toEqual(["gs-abc123-2-2 0.599", "gs-abc123-3-2 0.599"]);
    session.price("80");
    await session.settle();
    expect(session.filled(2) + session.filled(3)).toBe(units("0.999"));
    expect(session.told(2).at(-1)).toBe("fill");
    expect(session.told(3).at(-1)).toBe("cancelled:oco");
  });

  it("make room for an order that closes the position, and end with it", async () => {
    const session = await protectedPosition();
    const close = session.place({ quantity: "0.999", side: "sell", reduceOnly: true });
    await session.settle();
    expect(session.told(close)).toEqual(["fill"]);
    expect([session.told(2).at(-1), session.told(3).at(-1)]).toEqual(["cancelled:oco", "cancelled:oco"]);
    expect(session.standing).toEqual([]);
  });

  it("…and protect what a part of it leaves", async () => {
    const session = await protectedPosition();
    session.place({ quantity: "0.5", side: "sell", reduceOnly: true });
    await session.settle();
    expect(standing(session)).toEqual(["gs-abc123-2-2 0.499", "gs-abc123-3-2 0.499"]);
  });

  it("when the market has passed the stop already, it is sold at once", async () => {
    const session = await new TradingSession().start();
    session.price("100");
    const entry = session.place({ quantity: "1", limit: "95", stopLoss: "90", takeProfit: "120" });
    await session.settle();
    session.price("85");
    await session.settle();
    expect(session.told(entry)).toEqual(["accepted", "fill"]);
    expect(session.told(2).at(-1)).toBe("fill");
    expect(session.told(3)).toEqual(["cancelled:oco"]);
    expect(session.standing).toEqual([]);
  });

  it("one that is changed takes its place with its sibling's", async () => {
    const session = await protectedPosition();
    const stop = session.place({ side: "sell", stop: "95", replaces: 2, quantity: "1" });
    await session.settle();
    expect(session.told(2)).toEqual(["accepted", "cancelled:by-strategy"]);
    expect(standing(session)).toEqual([`gs-abc123-${stop} 0.999`, "gs-abc123-3-2 0.999"]);
    session.price("94");
    await session.settle();
    expect(session.told(stop)).toEqual(["accepted", "fill"]);
  });

  it("one that is cancelled leaves the other", async () => {
    const session = await protectedPosition();
    session.cancel(3);
    await session.settle();
    expect(session.told(3)).toEqual(["accepted", "cancelled:by-strategy"]);
    expect(standing(session)).toEqual(["gs-abc123-2-2 0.999"]);
  });

  it("cancelled by hand at the venue, they end", async () => {
    const session = await protectedPosition();
    session.venue.cancelOutside("gs-abc123-2");
    await session.settle();
    expect([session.told(2).at(-1), session.told(3).at(-1)]).toEqual([
      "cancelled:by-user",
      "cancelled:by-user",
    ]);
  });

  it("that the venue refuses as a pair leave the stop alone there", async () => {
    const session = await new TradingSession().start();
    session.price("100");
    session.venue.refusePairs = true;
    session.place({ quantity: "1", stopLoss: "90", takeProfit: "120" });
    await session.settle();
    expect(standing(session)).toEqual(["gs-abc123-2 0.999"]);
    session.price("121");
    await session.settle();
    expect(session.told(3).at(-1)).toBe("fill");
    expect(session.told(2).at(-1)).toBe("cancelled:oco");
  });

  it("that the venue does not take at all are an alarm", async () => {
    const session = await new TradingSession().start();
    session.price("100");
    session.venue.refuseExits = true;
    session.place({ quantity: "1", stopLoss: "90", takeProfit: "120" });
    await session.settle();
    expect(session.told(2)).toEqual(["refused:by-venue"]);
    expect(session.events.filter(({ kind }) => kind === "halt")).toMatchObject([{ cause: "unprotected" }]);
  });
});

describe("exits on a venue that has less", () => {
  it("without pairs, the stop stands there and the target is watched from here", async () => {
    const session = await protectedPosition({ abilities: { ...allAbilities, exits: false } });
    expect(session.statuses[0]).toMatchObject({ code: "guarded" });
    expect(standing(session)).toEqual(["gs-abc123-2 0.999"]);
    session.price("121");
    await session.settle();
    expect([session.told(2).at(-1), session.told(3).at(-1)]).toEqual(["cancelled:oco", "fill"]);
    expect(session.standing).toEqual([]);
  });

  it("without stops, both are", async () => {
    const abilities = { ...allAbilities, exits: false, types: ["market", "limit"] as const };
    const session = await protectedPosition({ abilities });
    expect(session.standing).toEqual([]);
    session.price("89");
    await session.settle();
    expect([session.told(2).at(-1), session.told(3).at(-1)]).toEqual(["fill", "cancelled:oco"]);
  });

  it("a stop of its own is watched from here, too, after a restart as before", async () => {
    const abilities = { ...allAbilities, exits: false, types: ["market", "limit"] as const };
    const session = await protectedPosition({ abilities });
    const stop = session.place({ quantity: "1", stop: "130" });
    await session.settle();
    session.kill();
    await session.start();
    session.price("131");
    await session.settle();
    expect(session.filled(stop)).toBe(units("1"));
  });
});

describe("after a restart", () => {
  it("exits that were never placed are, and those that stand there are kept", async () => {
    const session = await new TradingSession().start();
    session.place({ quantity: "1", stopLoss: "90", takeProfit: "120" });
    await session.clock.advance(30);
    session.kill();
    await session.start();
    await session.settle();
    expect(standing(session)).toEqual(["gs-abc123-2 0.999", "gs-abc123-3 0.999"]);
    const arrived = session.venue.arrived.length;
    session.kill();
    await session.start();
    await session.settle();
    expect(session.venue.arrived).toHaveLength(arrived);
    expect(standing(session)).toEqual(["gs-abc123-2 0.999", "gs-abc123-3 0.999"]);
  });

  it("a command that never left ends as such", async () => {
    const session = await new TradingSession().start();
    session.journal.push(session.write({ quantity: "1" }));
    session.kill();
    await session.start();
    await session.settle();
    expect(session.told(1)).toEqual(["refused:not-sent"]);
    expect(session.venue.arrived).toEqual([]);
  });

  it("fills of the time between are booked, with the end of their order", async () => {
    const session = await new TradingSession().start();
    const [a, b] = [
      session.place({ quantity: "1", limit: "90" }),
      session.place({ quantity: "1", limit: "80" }),
    ];
    await session.settle();
    session.kill();
    session.venue.moveTo(89);
    session.venue.cancelOutside("gs-abc123-2");
    await session.clock.advance(60_000);
    await session.start();
    await session.settle();
    expect(session.told(a)).toEqual(
      ["accepted", "settled", "fill", "filled"].filter((kind) => session.told(a).includes(kind)),
    );
    expect(session.filled(a)).toBe(units("1"));
    expect(session.told(b).at(-1)).toBe("cancelled:by-user");
  });

  it("a stop that had moved goes on from where it stood", async () => {
    const session = await new TradingSession().start();
    session.place({ quantity: "1" });
    await session.settle();
    const trail = { kind: "amount", amount: { units: 5n, scale: 0 } } as const;
    session.place({ quantity: "0.999", side: "sell", stop: "95", type: "stop", trail });
    await session.settle();
    for (const price of ["110", "120", "130"]) {
      session.price(price);
      await session.settle();
    }
    session.kill();
    await session.start();
    session.price("125.5");
    await session.settle();
    expect(standing(session)).toEqual(["gs-abc123-2-4 0.999"]);
    session.price("140");
    await session.settle();
    expect(standing(session)).toEqual(["gs-abc123-2-5 0.999"]);
    expect(session.venue.find("gs-abc123-2-5")!.order.stopPrice!.toFixed()).toBe("135");
  });
});
