/** When there is no checkpoint, what one refuses, and how large it gets. */
import { describe, expect, it } from "vitest";
import type { Context, Handlers } from "../../src/strategy/contract.ts";
import { bars, fixed, script, walk } from "../support/market.ts";
import { momentsOf, outcomeOf, Session, type World } from "../support/tradingSession.ts";

type Create = World["strategies"][number];

function world(create: Create, options: Partial<World> = {}, rows = walk(3, 40)): World {
  const series = bars(rows, { symbol: "BTC/USD", chunk: 500 });
  return {
    streams: [series],
    instruments: series.instruments,
    settings: { cash: fixed(10_000) },
    strategies: [create],
    ...options,
  };
}

const saving = (handlers: Handlers): Handlers => ({ ...handlers, save: () => null });
const idle: Create = () => saving({ onBar() {} });

async function sessionAt(count: number, made: World): Promise<Session> {
  const session = new Session(made);
  for (const moment of (await momentsOf(made.streams)).slice(0, count)) session.step(moment, false);
  return session;
}

describe("there is no checkpoint", () => {
  it("before anything has happened", () => {
    expect(new Session(world(idle)).save()).toEqual({ text: null, because: "nothing has happened yet" });
  });

  it("of a strategy that does not save", async () => {
    const silent = world(idle, { strategies: [idle, script({})] });
    const { text, because } = (await sessionAt(5, silent)).save();
    expect([text, because]).toEqual([null, "strategy 2 of 2 has no save()"]);
  });

  it("while a strategy's own timer runs; after it, there is", async () => {
    let timers: Parameters<NonNullable<World["onEngine"]>>[1] | undefined;
    const made = world(idle, { onEngine: (_, given) => void (timers = given) });
    const session = new Session(made);
    const moments = await momentsOf(made.streams);
    session.step(moments[0]!, false);
    timers!.add(moments[1]!.time, () => {});
    expect(session.save().because).toContain("setTimeout");
    session.step(moments[1]!, false);
    expect(session.save().because).toBeNull();
  });
});

describe("a checkpoint is refused", () => {
  async function picture(made: World): Promise<string> {
    return (await sessionAt(5, made)).save().text!;
  }

  it.each<[string, Partial<World>]>([
    ["on an account of another kind", { settings: { account: "margin" } }],
    ["with another number of strategies", { strategies: [idle, idle] }],
    ["with a risk policy that was not there", { settings: { risk: { maxOrdersPerDay: 3 } } }],
  ])("%s", async (_, other) => {
    const text = await picture(world(idle));
    expect(() => new Session(world(idle, other), text)).toThrow(
      expect.objectContaining({
        code: "GEO-SESSION",
        hint: expect.stringContaining("settings it was begun with"),
      }),
    );
  });

  it("when it is something else altogether", () => {
    expect(() => new Session(world(idle), "{}")).toThrow("geosync.checkpoint/1");
    expect(() => new Session(world(idle), "null")).toThrow("geosync.checkpoint/1");
  });

  it("by a strategy that orders while it is made anew", async () => {
    const hasty: Create = (ctx: Context) => {
      ctx.buy({ quantity: 1 });
      return saving({ onBar() {} });
    };
    const text = await picture(world(hasty));
    expect(() => new Session(world(hasty), text)).toThrow("create placed an order although it was given");
  });

  it("by a strategy that saves what no text can hold", async () => {
    const keeper: Create = () => ({ onBar() {}, save: () => ({ seen: new Map() }) as never });
    const session = await sessionAt(5, world(keeper));
    expect(() => session.save()).toThrow("checkpoint: seen: expected plain data, found a Map");
  });
});

it("a strategy made anew sees where it is, and its first start is not repeated", async () => {
  const seen: unknown[] = [];
  const create: Create = (ctx, saved) => {
    seen.push([
      saved,
      ctx.time - 1_704_067_200_000,
      ctx.prices.length,
      ctx.position.quantity,
      ctx.orders.length,
    ]);
    return {
      onStart: () => void seen.push("start"),
      onBar: (bar) => void (bar.index === 0 && ctx.buy({ quantity: 2 })),
      save: () => ({ mine: "#1" }),
    };
  };
  await outcomeOf(() => world(create), { cuts: [10] });
  expect(seen).toEqual([[undefined, 0, 0, 0, 0], "start", [{ mine: "#1" }, 600_000, 10, 2, 0]]);
});

describe("what a context shows of the past", () => {
  const shows = (historyLimit: number | undefined) => {
    const seen: string[] = [];
    const create: Create = (ctx) =>
      saving({
        onBar({ index, close }) {
          const hours = ctx.bars("5m");
          const [first, last] = [hours.at(0), hours.at(-1)];
          expect(ctx.prices.at(-1)).toBe(close);
          expect([hours.at(hours.length), hours.at(-hours.length - 1)]).toEqual([undefined, undefined]);
          seen.push(`${index}: ${ctx.prices.length}, ${hours.length} from ${first?.index} to ${last?.index}`);
        },
      });
    const made = () =>
      world(
        create,
        { timeframes: ["5m"], keepAll: false, ...(historyLimit && { historyLimit }) },
        walk(3, 5000),
      );
    return { seen, made };
  };

  it("is all of it, or so much as it is limited to", async () => {
    const [all, some] = [shows(undefined), shows(20)];
    await outcomeOf(all.made);
    await outcomeOf(some.made);
    expect(all.seen[4999]).toBe("4999: 5000, 1000 from 0 to 999");
    expect(some.seen.slice(18, 22)).toEqual([
      "18: 19, 3 from 0 to 2",
      "19: 20, 4 from 0 to 3",
      "20: 20, 4 from 0 to 3",
      "21: 20, 4 from 0 to 3",
    ]);
    expect(some.seen[4999]).toBe("4999: 20, 20 from 980 to 999");
  });

  it("makes a checkpoint small when it is limited", async () => {
    const { made } = shows(100);
    const limited = (await sessionAt(4999, made())).save().text!;
    expect(limited.length).toBeLessThan(40_000);
  });
});
