import type {
  Approved,
  CancelCommand,
  Command,
  Execution,
  LiveEvent,
  PlaceCommand,
} from "../../../src/domain/execution.ts";
import { noExits } from "../../../src/domain/execution.ts";
import { parseFixed } from "../../../src/domain/fixed.ts";
import { createInstrument } from "../../../src/domain/instrument.ts";
import { seededRandom } from "../../../src/domain/random.ts";
import type { ReasonCode } from "../../../src/domain/reasons.ts";
import type { Status } from "../../../src/execution/live/news.ts";
import { OrderManager, type OrderManagerOptions } from "../../../src/execution/live/orderManager.ts";
import { SessionLedger } from "../../../src/execution/live/restored.ts";
import { FakeClock } from "./fakeClock.ts";
import { FakeVenue } from "./fakeVenue.ts";

export const btc = createInstrument("BTC/USDT", {
  venue: "binance",
  lot: "0.0001",
  tick: "0.01",
  minNotional: "5",
  quantityScale: 8,
});

/** `1.5` bitcoin in units of the lot's scale. */
export function units(quantity: string): bigint {
  const { units, scale } = parseFixed(quantity);
  return units * 10n ** BigInt(8 - scale);
}

export type PlaceInput = Partial<Omit<PlaceCommand, "limit" | "stop" | "sizing" | "exits">> & {
  readonly quantity?: string;
  readonly value?: string;
  readonly limit?: string;
  readonly stop?: string;
  readonly stopLoss?: string;
  readonly takeProfit?: string;
};

/** A session as the loop of a live run keeps it: what is journaled, and a manager that can die. */
export class TradingSession {
  readonly clock = new FakeClock();
  readonly venue: FakeVenue;
  readonly journal: (Command | LiveEvent)[] = [];
  readonly events: LiveEvent[] = [];
  readonly statuses: Status[] = [];
  manager!: OrderManager;
  #process = { alive: false };
  #numbers = 0;
  readonly #options: Partial<OrderManagerOptions>;

  constructor(
    venue: ConstructorParameters<typeof FakeVenue>[2] = {},
    options: Partial<OrderManagerOptions> = {},
  ) {
    this.venue = new FakeVenue(this.clock, btc, venue);
    this.#options = options;
  }

  /** A new process on the same journal. */
  async start(): Promise<this> {
    const process = { alive: true };
    this.#process = process;
    const ledger = new SessionLedger();
    for (const one of this.journal) {
      if (one.kind === "place" || one.kind === "cancel") ledger.command(one);
      else ledger.event(one);
    }
    this.manager = new OrderManager({
      adapter: this.venue.adapter(process),
      session: "abc123",
      instruments: [btc],
      now: () => this.clock.now,
      timers: this.clock.timersOf(process),
      random: seededRandom(7),
      wake: () => {},
      onStatus: (status) => this.statuses.push(status),
      onDrift: "adopt",
      ...this.#options,
    });
    this.manager.restore(ledger.state());
    await this.clock.until(this.manager.start());
    this.take();
    return this;
  }

  /** As kill -9 does it. */
  kill(): void {
    this.#process.alive = false;
    void this.manager.stop();
  }

  /** What the loop does each step. */
  take(): readonly LiveEvent[] {
    const events = this.manager.take();
    this.journal.push(...events);
    this.events.push(...events);
    return events;
  }

  async run(ms: number): Promise<void> {
    for (let rest = ms; rest > 0; rest -= 50) {
      await this.clock.advance(Math.min(50, rest));
      this.take();
    }
  }

  async settle(): Promise<void> {
    await this.clock.until(this.manager.settled());
    this.take();
    await this.run(2000);
    await this.clock.until(this.manager.settled());
    this.take();
  }

  nextNumber(): number {
    return ++this.#numbers;
  }

  write(input: PlaceInput): PlaceCommand {
    const { quantity, value, limit, stop, stopLoss, takeProfit, ...rest } = input;
    const number = this.nextNumber();
    const exits = [
      ...(stopLoss === undefined
        ? []
        : [{ number: this.nextNumber(), role: "stopLoss" as const, price: parseFixed(stopLoss) }]),
      ...(takeProfit === undefined
        ? []
        : [{ number: this.nextNumber(), role: "takeProfit" as const, price: parseFixed(takeProfit) }]),
    ];
    return {
      kind: "place",
      number,
      owner: 0,
      instrument: btc,
      side: "buy",
      type: limit !== undefined ? (stop !== undefined ? "stop_limit" : "limit") : stop ? "stop" : "market",
      sizing:
        value === undefined
          ? { kind: "quantity", units: units(quantity ?? "1"), mayShrink: false }
          : { kind: "value", value: parseFixed(value), plus: 0n, cap: units("1000") },
      limit: limit === undefined ? null : parseFixed(limit),
      stop: stop === undefined ? null : parseFixed(stop),
      trail: null,
      timeInForce: "GTC",
      expires: null,
      postOnly: false,
      reduceOnly: false,
      exits: exits.length === 0 ? noExits : exits,
      group: null,
      replaces: null,
      activeFrom: this.clock.now,
      tag: null,
      ...rest,
    };
  }

  /** Journaled first, then sent: the order's number. */
  place(input: PlaceInput): number {
    const command = this.write(input);
    this.journal.push(command);
    this.manager.submit(command as Approved<PlaceCommand>);
    return command.number;
  }

  cancel(number: number, reason: ReasonCode = "cancelled:by-strategy"): void {
    const command: CancelCommand = { kind: "cancel", number, reason, activeFrom: Number.NEGATIVE_INFINITY };
    this.journal.push(command);
    this.manager.submit(command as Approved<CancelCommand>);
  }

  price(price: string): void {
    this.venue.moveTo(price);
    this.manager.onPrice(btc.symbol, parseFixed(price));
  }

  /** Kinds, with the reason of ends: `accepted`, `fill`, `cancelled:by-user`. */
  told(number: number): readonly string[] {
    return this.events.flatMap((event) => {
      if (!("number" in event) || event.number !== number) return [];
      return [event.kind === "ended" ? event.reason : event.kind];
    });
  }

  get fills(): readonly Execution[] {
    return this.events.filter((event): event is Execution => event.kind === "fill");
  }

  filled(number: number): bigint {
    return this.fills.reduce((sum, fill) => (fill.number === number ? sum + fill.quantity : sum), 0n);
  }

  /** Client ids of what is open at the venue. */
  get standing(): readonly string[] {
    return this.venue.open().map(({ clientId }) => clientId ?? "?");
  }
}
