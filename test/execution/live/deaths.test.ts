import { describe, expect, it } from "vitest";
import { faultsIn } from "./chaos.ts";
import { TradingSession } from "./tradingSession.ts";

async function tradingAt100(): Promise<TradingSession> {
  const session = await new TradingSession().start();
  session.price("100");
  return session;
}

/** Dies at the instant that the venue has cancelled the order, before anything of that is heard. */
async function dieWhenCancelled(session: TradingSession, clientId: string): Promise<void> {
  const one = session.venue.find(clientId)!;
  for (let ms = 0; one.status !== "cancelled"; ms++) {
    if (ms > 5000) throw new Error(`${clientId} was never cancelled`);
    await session.clock.advance(1);
    session.take();
  }
  session.kill();
}

async function comeBack(session: TradingSession): Promise<void> {
  await session.clock.advance(5000);
  await session.start();
  await session.settle();
}

const restingSell = { side: "sell", reduceOnly: true, limit: "130" } as const;

describe("a death between the sending of a cancel and its confirmation", () => {
  it("of a sell that gives way to a stop for which coins are missing", async () => {
    const session = await tradingAt100();
    session.place({ quantity: "1" });
    await session.settle();
    const sell = session.place({ ...restingSell, quantity: "0.6" });
    session.place({ quantity: "0.5", stopLoss: "90", takeProfit: "120" });
    await session.settle();
    session.venue.manual("sell", "0.7");
    await dieWhenCancelled(session, `gs-abc123-${sell}`);
    expect(session.told(sell)).toEqual(["accepted", "cancelling"]);
    await comeBack(session);
    expect(session.told(sell)).toEqual(["accepted", "cancelling", "cancelled:for-stop"]);
    expect(session.standing).toEqual(["gs-abc123-4", "gs-abc123-5"]);
    expect(faultsIn(session)).toEqual([]);
  });

  it("of a stop that gives way to another one, where the venue lets few stand", async () => {
    const session = await tradingAt100();
    session.venue.mostStops = 1;
    const buyStop = session.place({ quantity: "0.1", stop: "110" });
    await session.settle();
    session.place({ quantity: "0.5", stopLoss: "90", takeProfit: "120" });
    await dieWhenCancelled(session, `gs-abc123-${buyStop}`);
    await comeBack(session);
    expect(session.told(buyStop)).toEqual(["accepted", "cancelling", "cancelled:for-stop"]);
    expect(session.standing).toEqual(["gs-abc123-3", "gs-abc123-4"]);
    expect(faultsIn(session)).toEqual([]);
  });

  it("of an order whose group has filled", async () => {
    const session = await tradingAt100();
    const filled = session.place({ quantity: "1", limit: "95", group: "g" });
    const other = session.place({ quantity: "1", limit: "94", group: "g" });
    await session.settle();
    session.venue.partly(session.venue.find(`gs-abc123-${filled}`)!, "0.3");
    await dieWhenCancelled(session, `gs-abc123-${other}`);
    await comeBack(session);
    expect(session.told(other)).toEqual(["accepted", "cancelled:oco"]);
    expect(session.standing).toEqual([`gs-abc123-${filled}`]);
  });
});

describe("a death after a fill is in the journal, before the cancel that follows from it arrives", () => {
  async function dieWithFill(
    session: TradingSession,
    {
      filled,
      quantity,
      other,
    }: { readonly filled: number; readonly quantity: string; readonly other: number },
  ): Promise<void> {
    const { venue, clock } = session;
    const { cancel } = venue;
    venue.cancel = (one, reason) => {
      if (one.clientId !== `gs-abc123-${other}`) cancel.call(venue, one, reason);
    };
    venue.partly(venue.find(`gs-abc123-${filled}`)!, quantity);
    while (session.filled(filled) === 0n) {
      await clock.advance(1);
      session.take();
    }
    session.kill();
    await clock.advance(1000);
    venue.cancel = cancel;
    expect(session.told(filled)).toEqual(["accepted", "fill"]);
    expect(session.standing).toContain(`gs-abc123-${other}`);
  }

  it("the others of its group are cancelled by the next start", async () => {
    const session = await tradingAt100();
    const filled = session.place({ quantity: "1", limit: "95", group: "g" });
    const other = session.place({ quantity: "1", limit: "94", group: "g" });
    await session.settle();
    await dieWithFill(session, { filled, quantity: "0.3", other });
    await comeBack(session);
    expect(session.told(other)).toEqual(["accepted", "cancelled:oco"]);
    expect(session.standing).toEqual([`gs-abc123-${filled}`]);
  });

  it("an entry whose exit has begun to fill is taken back by the next start", async () => {
    const session = await tradingAt100();
    const entry = session.place({ quantity: "1", limit: "95", stopLoss: "90", takeProfit: "120" });
    await session.settle();
    session.venue.partly(session.venue.find(`gs-abc123-${entry}`)!, "0.5");
    await session.settle();
    await dieWithFill(session, { filled: entry + 2, quantity: "0.2", other: entry });
    await comeBack(session);
    expect(session.told(entry)).toEqual(["accepted", "fill", "cancelled:oco"]);
    expect(session.standing).not.toContain(`gs-abc123-${entry}`);
    expect(faultsIn(session)).toEqual([]);
  });
});
