import { describe, expect, it } from "vitest";
import { TradingSession, units } from "./tradingSession.ts";
import { allAbilities } from "./venueFaults.ts";

/** Client ids and quantities of what stands at the venue. */
function standing(session: TradingSession): readonly string[] {
  return session.venue.open().map((one) => `${one.clientId} ${one.quantity!.minus(one.filled).toFixed()}`);
}

function numberIn(clientId: string): number {
  return Number(clientId.split("-")[2]);
}

function haltsIn({ events }: TradingSession): readonly string[] {
  return events.flatMap((event) => (event.kind === "halt" ? [event.message] : []));
}

async function tradingAt100(
  ...options: ConstructorParameters<typeof TradingSession>
): Promise<TradingSession> {
  const session = await new TradingSession(...options).start();
  session.price("100");
  return session;
}

const bracket = { quantity: "0.5", stopLoss: "90", takeProfit: "120" };
const restingSell = { side: "sell", reduceOnly: true, limit: "130" } as const;

describe("coins go to protective stops first, to sells that wait for a price next", () => {
  it("both stand when there is enough for both", async () => {
    const session = await tradingAt100();
    session.place({ quantity: "1" });
    await session.settle();
    session.place({ ...restingSell, quantity: "0.999" });
    session.place(bracket);
    await session.settle();
    expect(standing(session)).toEqual(["gs-abc123-2 0.999", "gs-abc123-4 0.4995", "gs-abc123-5 0.4995"]);
  });

  it("a sell that would hold back what the stop needs is refused, and the stop stays", async () => {
    const session = await tradingAt100();
    session.place(bracket);
    await session.settle();
    const sell = session.place({ ...restingSell, quantity: "0.2" });
    await session.settle();
    expect(session.told(sell)).toEqual(["refused:kept-for-stop"]);
    expect(standing(session)).toEqual(["gs-abc123-2 0.4995", "gs-abc123-3 0.4995"]);
  });

  it("one that rests there is taken back when coins go, the latest first", async () => {
    const session = await tradingAt100();
    session.place({ quantity: "1" });
    await session.settle();
    const [early, late] = [
      session.place({ ...restingSell, quantity: "0.3" }),
      session.place({ ...restingSell, quantity: "0.6" }),
    ];
    session.place(bracket);
    await session.settle();
    session.venue.manual("sell", "0.5");
    await session.settle();
    expect(session.told(late)).toEqual(["accepted", "cancelling", "cancelled:for-stop"]);
    expect(session.told(early)).toEqual(["accepted"]);
    expect(standing(session)).toEqual([`gs-abc123-${early} 0.3`, "gs-abc123-5 0.5", "gs-abc123-6 0.5"]);
    expect(haltsIn(session)).toEqual([]);
  });

  it("when the venue has none free for the stop, own sells are taken back and it is placed again", async () => {
    const session = await tradingAt100();
    session.place({ quantity: "1" });
    await session.settle();
    const sell = session.place({ ...restingSell, quantity: "0.4" });
    await session.settle();
    session.venue.foreignSell("0.8");
    session.place(bracket);
    await session.settle();
    expect(session.told(sell)).toEqual(["accepted", "cancelling", "cancelled:for-stop"]);
    expect(standing(session)).toEqual(["someone-else 0.8", "gs-abc123-4 0.5", "gs-abc123-5 0.5"]);
    expect(haltsIn(session)).toEqual([]);
  });

  it("coins that are free a moment later are waited for", async () => {
    const session = await tradingAt100();
    session.place({ quantity: "0.1" });
    await session.settle();
    const foreign = session.venue.foreignSell("0.4");
    session.place(bracket);
    await session.run(600);
    expect(standing(session)).toEqual(["someone-else 0.4"]);
    session.venue.cancel(foreign);
    await session.settle();
    expect(standing(session)).toEqual(["gs-abc123-3 0.5", "gs-abc123-4 0.5"]);
    expect(haltsIn(session)).toEqual([]);
  });

  it("when nothing helps, trading is halted, in the venue's own words", async () => {
    const session = await tradingAt100();
    session.venue.foreignSell("0.4");
    session.place(bracket);
    await session.run(20_000);
    expect(session.told(2)).toEqual(["refused:insufficient-cash"]);
    expect(haltsIn(session)).toEqual([
      expect.stringContaining("(Account has insufficient balance for requested action.)"),
    ]);
  });
});

describe("on a venue that lets few stops stand", () => {
  it("an order whose stop would find no room is refused before it opens anything", async () => {
    const session = await tradingAt100({}, { mostStops: () => 2 });
    session.venue.mostStops = 2;
    const buyStop = session.place({ quantity: "0.1", stop: "110" });
    session.place(bracket);
    const last = session.place(bracket);
    await session.settle();
    expect(session.told(last)).toEqual(["refused:venue-full"]);
    expect([session.told(last + 1), session.told(last + 2)]).toEqual([["cancelled:oco"], ["cancelled:oco"]]);
    session.cancel(buyStop);
    await session.settle();
    const next = session.place(bracket);
    await session.settle();
    expect(session.told(next)).toEqual(["fill"]);
    expect(session.filled(next)).toBe(units("0.5"));
    expect(standing(session)).toHaveLength(4);
  });

  it("an entry that waits for its price keeps the room for its stop, until it is gone", async () => {
    const session = await tradingAt100({}, { mostStops: () => 2 });
    session.venue.mostStops = 2;
    const waiting = { ...bracket, limit: "95" };
    const [first, second] = [session.place(waiting), session.place(waiting)];
    await session.settle();
    const third = session.place(waiting);
    const buyStop = session.place({ quantity: "0.1", stop: "110" });
    await session.settle();
    expect([session.told(third), session.told(buyStop)]).toEqual([
      ["refused:venue-full"],
      ["refused:venue-full"],
    ]);
    session.price("95");
    await session.settle();
    const exits = [first, second].flatMap((entry) => [entry + 1, entry + 2]);
    expect(session.standing.map(numberIn).toSorted()).toEqual(exits);
    expect(haltsIn(session)).toEqual([]);
    const fourth = session.place(waiting);
    session.price("89");
    await session.settle();
    expect(session.told(fourth)).toEqual(["refused:venue-full"]);
    expect(standing(session)).toEqual([]);
    const last = session.place({ ...waiting, limit: "80" });
    await session.settle();
    expect(session.told(last)).toEqual(["accepted"]);
  });

  it("when others have taken the room, own stops that protect nothing are taken back", async () => {
    const session = await tradingAt100();
    session.venue.mostStops = 1;
    const buyStop = session.place({ quantity: "0.1", stop: "110" });
    await session.settle();
    session.place(bracket);
    await session.settle();
    expect(session.told(buyStop)).toEqual(["accepted", "cancelling", "cancelled:for-stop"]);
    expect(standing(session)).toEqual(["gs-abc123-3 0.4995", "gs-abc123-4 0.4995"]);
    expect(haltsIn(session)).toEqual([]);
  });
});

it("an exit that was told as filled is not sent again for coins of others", async () => {
  const session = await tradingAt100();
  session.place({ ...bracket, quantity: "1" });
  session.place(bracket);
  await session.settle();
  session.venue.partly(session.venue.find("gs-abc123-5")!, "0.2");
  await session.settle();
  session.venue.faults = { swallowed: 1 };
  session.venue.tradesNameOrders = true;
  session.venue.partly(session.venue.foreignSell("1"), "1");
  session.venue.partly(session.venue.find("gs-abc123-5")!, "0.1");
  await session.clock.until(session.manager.reconcile());
  session.take();
  expect(session.fills.at(-1)).toMatchObject({ number: 5, remaining: 0n });
  session.venue.faults = { unreachable: 1 };
  session.place({ quantity: "1" });
  await session.run(1000);
  session.venue.faults = {};
  await session.settle();
  expect(session.standing.filter((name) => /^gs-abc123-[56]/.test(name))).toEqual([]);
});

it("a stop whose target was taken in part, and is cancelled then, stands alone again", async () => {
  const session = await tradingAt100({ abilities: { ...allAbilities, exits: false } });
  session.place({ ...bracket, quantity: "1" });
  await session.settle();
  session.venue.faults = { partial: 1 };
  session.price("121");
  while (session.filled(3) === 0n) await session.run(10);
  session.cancel(3);
  session.venue.faults = {};
  await session.settle();
  const left = units("0.999") - session.filled(3);
  expect(left).toBeGreaterThan(0n);
  expect(session.venue.open().map(({ order }) => order.type)).toEqual(["stop"]);
  expect(haltsIn(session)).toEqual([]);
});

it("a stop that was refused with a target which is cancelled meanwhile is placed alone", async () => {
  const session = await tradingAt100();
  session.venue.refusePairs = true;
  session.place({ ...bracket, quantity: "1" });
  while (!session.venue.arrived.includes("gs-abc123-3")) await session.run(2);
  session.cancel(3);
  await session.settle();
  expect(standing(session)).toEqual(["gs-abc123-2 0.999"]);
  expect(haltsIn(session)).toEqual([]);
});

describe("a trailing stop that moved, of which the journal knows nothing", () => {
  const trail = { kind: "amount", amount: { units: 5n, scale: 0 } } as const;

  async function movedUnseen(): Promise<TradingSession> {
    const session = await tradingAt100();
    session.place({ quantity: "1" });
    await session.settle();
    session.place({ quantity: "0.999", side: "sell", reduceOnly: true, stop: "95", type: "stop", trail });
    await session.settle();
    for (const price of ["110", "120", "130"]) {
      session.price(price);
      await session.clock.advance(3000);
    }
    session.kill();
    return session;
  }

  it("is not sold a second time when it has filled meanwhile", async () => {
    const session = await movedUnseen();
    session.venue.partly(session.venue.find("gs-abc123-2-4")!, "0.4");
    session.venue.moveTo(124);
    await session.start();
    session.price("124");
    await session.settle();
    expect(session.filled(2)).toBe(units("0.999"));
    expect(session.told(2).at(-1)).toMatch(/^(fill|filled)$/);
    expect(session.venue.arrived.filter((name) => name.startsWith("gs-abc123-2"))).toHaveLength(4);
  });

  it("is found again in the time that one request may take to arrive, however often it moved", async () => {
    const session = await movedUnseen();
    const { now } = session.clock;
    await session.start();
    expect(session.clock.now - now).toBeLessThan(9000);
    expect(session.standing).toEqual(["gs-abc123-2-4"]);
  });
});

it("a trade in the middle of the comparison of balances is no difference", async () => {
  const session = await tradingAt100();
  session.place({ quantity: "1", limit: "90" });
  await session.settle();
  session.venue.faults = { swallowed: 1 };
  const { adapter } = session.venue;
  session.venue.adapter = (process) => {
    const whole = adapter.call(session.venue, process);
    const trade = () => {
      const one = session.venue.find("gs-abc123-1")!;
      if (one.filled.lt("0.8")) session.venue.partly(one, "0.2");
    };
    const getBalance = () => {
      trade();
      return whole.getBalance();
    };
    return { ...whole, getBalance };
  };
  session.kill();
  await session.start();
  for (let i = 0; i < 6; i++) await session.clock.until(session.manager.reconcile());
  session.take();
  expect(session.filled(1)).toBe(units("0.8"));
  expect(session.statuses.filter(({ code }) => code === "balance-differs")).toEqual([]);
});
