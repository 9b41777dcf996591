/** The live loop: started once, told of orders until it is stopped, and startable again. */
import { describe, expect, it, vi } from "vitest";
import { Decimal } from "../../../src/domain/decimal.ts";
import { ConnectionError, GeoSyncError } from "../../../src/domain/errors.ts";
import { parseFixed } from "../../../src/domain/fixed.ts";
import type { AccountUpdate, DataSource } from "../../../src/domain/ports.ts";
import {
  createInstrument,
  type GeoSyncSystemOptions,
  type Order,
  PaperAdapter,
  Ticker,
  type VenueOptions,
} from "../../../src/index.ts";
import { tick } from "../../support/oneRow.ts";
import { barsText, dataFolder, FakeVenue, flat, orchestrators, start } from "./support.ts";

const folder = dataFolder();
const bars = folder.write("BTCUSDT_bars.csv", barsText(30));
const build = orchestrators(folder.path);
const make = (venues: Record<string, VenueOptions>, options: Partial<GeoSyncSystemOptions> = {}) =>
  build({ venues, pollMs: 1, ...options });

const buy = { signal: 1, venue: "fake", symbol: "BTC/USDT", quantity: 1 };

describe("a start", () => {
  it("connects every venue once, however often and at once it is asked for", async () => {
    const [one, two] = [new FakeVenue(), new FakeVenue()];
    const orchestrator = make({ fake: { adapter: one }, other: { adapter: two } });
    await Promise.all([1, 2, 3].map(() => orchestrator.ensureLiveLoop()));
    await orchestrator.ensureLiveLoop();
    expect([one.connects, two.connects]).toEqual([1, 1]);
  });

  it("gives each venue its credentials", async () => {
    const venue = new FakeVenue();
    const seen: unknown[] = [];
    venue.connect = async (...given: unknown[]) => void seen.push(...given);
    const credentials = { apiKey: "key", apiSecret: "secret" };
    await make({ fake: { adapter: venue, credentials } }).ensureLiveLoop();
    expect(seen).toEqual([credentials]);
  });

  it("that is under way is waited for by orders", async () => {
    const venue = new FakeVenue();
    let open = () => {};
    venue.gate = new Promise((resolve) => (open = resolve));
    const orchestrator = make({ fake: { adapter: venue } });
    void orchestrator.ensureLiveLoop();
    const order = orchestrator.submitSignal(buy);
    expect(venue.sent).toEqual([]);
    open();
    expect((await order).status).toBe("open");
  });

  it("that fails disconnects the others, says why, and may be tried again", async () => {
    const [one, two] = [new FakeVenue(), new FakeVenue()];
    two.failures.connect.push(new ConnectionError("no route"));
    const orchestrator = make({ fake: { adapter: one }, other: { adapter: two } });
    await expect(orchestrator.ensureLiveLoop()).rejects.toThrow("no route");
    expect(one.disconnects).toBe(1);
    await expect(orchestrator.submitSignal(buy)).rejects.toThrow(/expected a live loop that runs/);
    await orchestrator.ensureLiveLoop();
    expect((await orchestrator.submitSignal(buy)).status).toBe("open");
  });
});

describe("a stop", () => {
  it("disconnects once, and a start after it connects again", async () => {
    const venue = new FakeVenue();
    const orchestrator = make({ fake: { adapter: venue } });
    await orchestrator.stop();
    expect(venue.disconnects).toBe(0);
    await orchestrator.ensureLiveLoop();
    await Promise.all([orchestrator.stop(), orchestrator.stop()]);
    expect([venue.connects, venue.disconnects]).toEqual([1, 1]);
    await orchestrator.ensureLiveLoop();
    expect(venue.connects).toBe(2);
    expect((await orchestrator.submitSignal(buy)).status).toBe("open");
  });

  it("lets the order that is being sent come to its end", async () => {
    const venue = new FakeVenue();
    const orchestrator = make({ fake: { adapter: venue } });
    await orchestrator.ensureLiveLoop();
    let open = () => {};
    venue.gate = new Promise((resolve) => (open = resolve));
    const order = orchestrator.submitSignal(buy);
    await expect.poll(() => venue.sent.length).toBe(1);
    const stopped = orchestrator.stop();
    expect(venue.disconnects).toBe(0);
    open();
    await stopped;
    expect((await order).status).toBe("open");
    expect(venue.disconnects).toBe(1);
  });

  it("during a start comes after it, and a start after both is a new one", async () => {
    const venue = new FakeVenue();
    const orchestrator = make({ fake: { adapter: venue } });
    const calls = [orchestrator.ensureLiveLoop(), orchestrator.stop(), orchestrator.ensureLiveLoop()];
    await Promise.all(calls);
    expect([venue.connects, venue.disconnects]).toEqual([2, 1]);
    expect((await orchestrator.submitSignal(buy)).status).toBe("open");
  });

  it("leaves no venue connected because another cannot be disconnected, and says so", async () => {
    const [one, two] = [new FakeVenue(), new FakeVenue()];
    one.disconnect = () => Promise.reject(new ConnectionError("stuck"));
    const problems: unknown[] = [];
    const onProblem = (error: unknown) => void problems.push(error);
    const orchestrator = make({ fake: { adapter: one }, other: { adapter: two } }, { onProblem });
    await orchestrator.ensureLiveLoop();
    await orchestrator.stop();
    expect(two.disconnects).toBe(1);
    expect(problems).toMatchObject([{ message: "stuck" }]);
  });

  it("ends the asking", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const venue = new FakeVenue();
      const orchestrator = make({ fake: { adapter: venue } });
      await orchestrator.ensureLiveLoop();
      await orchestrator.submitSignal(buy);
      await vi.advanceTimersByTimeAsync(10);
      expect(venue.asked).toBe(10);
      await orchestrator.stop();
      await vi.advanceTimersByTimeAsync(10);
      expect([venue.asked, vi.getTimerCount()]).toEqual([10, 0]);
      await orchestrator.ensureLiveLoop();
      await vi.advanceTimersByTimeAsync(10);
      // Once more at the start: something may have happened meanwhile.
      expect(venue.asked).toBe(21);
    } finally {
      vi.useRealTimers();
    }
  });
});

it("runs go on after a stop, and what they make of resting orders is known after the next start", async () => {
  const problems: unknown[] = [];
  const orchestrator = make({ fake: {} }, { onProblem: (error) => void problems.push(error) });
  await orchestrator.runStrategy({ path: bars }, flat);
  await orchestrator.ensureLiveLoop();
  const { id, status } = await orchestrator.submitSignal({ ...buy, price: "90" });
  expect(status).toBe("open");
  await orchestrator.stop();
  const fallen = folder.write("BTCUSDT_fallen.csv", barsText(30, 80));
  await orchestrator.runStrategy({ path: fallen }, flat);
  expect(orchestrator.order("fake", id)!.status).toBe("open");
  await orchestrator.ensureLiveLoop();
  await expect.poll(() => orchestrator.order("fake", id)!.status).toBe("filled");
  expect(problems).toEqual([]);
});

describe("news of orders", () => {
  const news = () => {
    const told: [string, string, string][] = [];
    const problems: unknown[] = [];
    const onOrder = ({ id, status, filledQuantity }: Order, venue: string) =>
      void told.push([venue, `${id} ${status}`, filledQuantity.toFixed()]);
    return { told, problems, onOrder, onProblem: (error: unknown) => void problems.push(error) };
  };

  it("are asked for while one is open, also after an asking that failed, and no longer", async () => {
    const venue = new FakeVenue();
    const { told, problems, ...listeners } = news();
    const orchestrator = make({ fake: { adapter: venue } }, listeners);
    await orchestrator.ensureLiveLoop();
    const { id } = await orchestrator.submitSignal(buy);
    venue.change(id, { kind: "filled", quantity: new Decimal("0.25"), price: new Decimal(100) });
    await expect.poll(() => orchestrator.order("fake", id)!.status).toBe("partially_filled");
    const ask = venue.getOrderStatus.bind(venue);
    venue.getOrderStatus = async () => {
      venue.getOrderStatus = ask;
      throw new ConnectionError("away");
    };
    await expect.poll(() => problems.length).toBe(1);
    venue.change(id, { kind: "filled", quantity: new Decimal("0.75"), price: new Decimal(101) });
    await expect.poll(() => orchestrator.order("fake", id)!.status).toBe("filled");
    expect(told).toEqual([
      ["FAKE", "v1 open", "0"],
      ["FAKE", "v1 partially_filled", "0.25"],
      ["FAKE", "v1 filled", "1"],
    ]);
    const { asked } = venue;
    await orchestrator.stop();
    expect(venue.asked).toBe(asked);
  });

  it("come from the venue's own stream where it has one", async () => {
    const bitcoin = createInstrument("BTC/USDT");
    const paper = new PaperAdapter({ instruments: [bitcoin], cash: parseFixed("1000") });
    paper.onMarket(tick(bitcoin, start, "100"));
    const { told, onOrder } = news();
    const orchestrator = make({ fake: { adapter: paper } }, { onOrder, pollMs: 3_600_000 });
    await orchestrator.ensureLiveLoop();
    const { id, status } = await orchestrator.submitSignal({ ...buy, price: "99" });
    expect(status).toBe("open");
    paper.onMarket(tick(bitcoin, start + 1, "98"));
    await expect.poll(() => orchestrator.order("fake", id)!.status).toBe("filled");
    expect(told).toEqual([
      ["FAKE", "1 open", "0"],
      ["FAKE", "1 filled", "1"],
    ]);
  });

  it("are asked for when the stream breaks", async () => {
    const venue = Object.assign(new FakeVenue(), {
      findOrder: async () => null,
      instrument: async (symbol: string) => createInstrument(symbol),
      // biome-ignore lint/correctness/useYield: it fails before it has anything to tell
      updates: async function* (): AsyncGenerator<AccountUpdate> {
        throw new ConnectionError("torn");
      },
    });
    const { problems, onProblem } = news();
    const orchestrator = make({ fake: { adapter: venue } }, { onProblem });
    await orchestrator.ensureLiveLoop();
    const { id } = await orchestrator.submitSignal(buy);
    venue.change(id, { kind: "filled", quantity: new Decimal(1), price: new Decimal(100) });
    await expect.poll(() => orchestrator.order("fake", id)!.status).toBe("filled");
    expect(problems).toMatchObject([{ message: "torn" }]);
  });

  it("that come late or twice change nothing", async () => {
    const queue: AccountUpdate[] = [];
    let wake = () => {};
    const venue = Object.assign(new FakeVenue(), {
      findOrder: async () => null,
      instrument: async (symbol: string) => createInstrument(symbol),
      updates: async function* (): AsyncGenerator<AccountUpdate> {
        for (;;) {
          while (queue.length > 0) yield queue.shift()!;
          await new Promise<void>((resolve) => (wake = resolve));
        }
      },
    });
    const { told, onOrder } = news();
    const orchestrator = make({ fake: { adapter: venue } }, { onOrder });
    await orchestrator.ensureLiveLoop();
    const open = await orchestrator.submitSignal(buy);
    const filled = venue.change(open.id, {
      kind: "filled",
      quantity: new Decimal(1),
      price: new Decimal(100),
    });
    const stranger = { ...filled, id: "another" };
    for (const order of [open, filled, open, filled, stranger]) queue.push({ kind: "order", order });
    wake();
    await expect.poll(() => queue.length).toBe(0);
    expect(told.map(([, what]) => what)).toEqual(["v1 open", "v1 filled"]);
    expect(orchestrator.orders("fake")).toHaveLength(1);
  });

  it("reach a listener that throws, and go on", async () => {
    const { problems, onProblem } = news();
    const onOrder = () => {
      throw new Error("listener");
    };
    const orchestrator = make({ fake: { adapter: new FakeVenue() } }, { onOrder, onProblem });
    await orchestrator.ensureLiveLoop();
    expect((await orchestrator.submitSignal(buy)).status).toBe("open");
    expect(problems).toMatchObject([{ message: "listener" }]);
  });
});

/** A source whose prices the test tells. */
class FakeSource implements DataSource {
  connected = 0;
  readonly callbacks = new Map<string, (ticker: Ticker) => void>();
  fail: (error: Error) => void = () => {};
  readonly done = new Promise<void>((_, reject) => (this.fail = reject));

  async connect(): Promise<void> {
    this.connected++;
  }
  async disconnect(): Promise<void> {
    this.connected--;
  }
  subscribe(symbol: string, callback: (ticker: Ticker) => void): void {
    this.callbacks.set(symbol, callback);
  }
  unsubscribe(symbol: string): void {
    this.callbacks.delete(symbol);
  }
  tell(price: string, timestamp: number): void {
    this.callbacks.get("BTC/USDT")!(Ticker.create({ symbol: "BTC/USDT", venue: "fake", price, timestamp }));
  }
}

describe("a venue with a data source", () => {
  it("simulates fills on its prices: an order waits for the next", async () => {
    const source = new FakeSource();
    const orchestrator = make({ fake: { source, symbols: ["btcusdt"] } });
    await orchestrator.ensureLiveLoop();
    await expect(orchestrator.submitSignal(buy)).rejects.toThrow(/refused:no-price/);
    source.tell("100", start);
    const { id, status } = await orchestrator.submitSignal(buy);
    expect(status).toBe("open");
    source.tell("200", start + 1000);
    await expect.poll(() => orchestrator.order("fake", id)!.status).toBe("filled");
    expect(orchestrator.order("fake", id)!.averagePrice!.toNumber()).toBeCloseTo(200.1, 9);
    await orchestrator.stop();
    expect([source.connected, source.callbacks.size]).toEqual([0, 0]);
  });

  it("subscribes to what is run, and takes no price from the run", async () => {
    const source = new FakeSource();
    const orchestrator = make({ fake: { source } });
    await orchestrator.ensureLiveLoop();
    await orchestrator.runStrategy({ path: bars }, flat);
    expect([...source.callbacks.keys()]).toEqual(["BTC/USDT"]);
    await expect(orchestrator.submitSignal(buy)).rejects.toThrow(/refused:no-price/);
  });

  it("tells when the source fails", async () => {
    const source = new FakeSource();
    const problems: [unknown, string][] = [];
    const onProblem = (error: unknown, venue: string) => void problems.push([error, venue]);
    await make({ fake: { source } }, { onProblem }).ensureLiveLoop();
    source.fail(new ConnectionError("lost"));
    await expect.poll(() => problems.length).toBe(1);
    expect(problems[0]![0]).toBeInstanceOf(GeoSyncError);
    expect(problems[0]![1]).toBe("FAKE");
  });
});
