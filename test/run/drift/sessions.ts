/** Sessions in memory, on files and on a venue that does as it is told, and what drift makes of them. */
import { fixedAt } from "../../../src/domain/columns.ts";
import {
  type Execution,
  type LiveEvent,
  type PlaceCommand,
  tradedValue,
} from "../../../src/domain/execution.ts";
import { divideDown, type Fixed, multiplyFixed, parseFixed, widen } from "../../../src/domain/fixed.ts";
import { type Instrument, wholeLots } from "../../../src/domain/instrument.ts";
import type { MarketEvent } from "../../../src/domain/market.ts";
import type { Millis } from "../../../src/domain/time.ts";
import { measure } from "../../../src/run/drift/driftSession.ts";
import { openFeeds } from "../../../src/run/feeds.ts";
import type { BacktestOptions } from "../../../src/run/options.ts";
import { MemoryLedger } from "../../../src/run/session/ledger.ts";
import type { SessionManifest } from "../../../src/run/session/manifest.ts";
import { loadStrategies, planSession } from "../../../src/run/session/plan.ts";
import { play } from "../../../src/run/session/play.ts";
import { Session } from "../../../src/run/session/session.ts";
import { SessionEngine } from "../../../src/run/session/sessionEngine.ts";
import { SessionJournal } from "../../../src/run/session/sessionJournal.ts";
import type { SessionCommand } from "../../../src/run/session/step.ts";

export interface Played {
  readonly ledger: MemoryLedger;
  readonly manifest: SessionManifest;
  readonly instruments: readonly Instrument[];
  readonly core: SessionEngine;
}

export interface PlayOptions {
  readonly options: BacktestOptions;
  /** Null: on paper. */
  readonly venue?: ToldVenue | null;
  /** Asked of the session with the bar of that number. */
  readonly commands?: Readonly<Record<number, SessionCommand>>;
  readonly untilBars?: number;
}

export async function playSession({
  options,
  venue = null,
  commands = {},
  untilBars,
}: PlayOptions): Promise<Played> {
  const feeds = await openFeeds(options, 0, []);
  const instruments = feeds.files.flatMap((file) => file.instruments);
  const { files: _, ...settings } = options;
  const mode = venue === null ? ("paper" as const) : ("live" as const);
  const symbols = instruments.map(({ symbol }) => symbol);
  const tradeFrom = Number.NEGATIVE_INFINITY;
  const manifest: SessionManifest = {
    ...{ mode, venue: "TOLD", symbols, settings, tradeFrom, ticksArePrices: false },
  };
  const ledger = new MemoryLedger();
  const journal = new SessionJournal(ledger);
  journal.introduce(instruments);
  const plan = planSession(await loadStrategies(settings), {
    ...{ mode, settings, instruments, tradeFrom },
    send: (command) => {
      if (command.kind === "place") venue?.submit(command);
    },
  });
  const core = new SessionEngine(plan, journal);
  let time = Number.NEGATIVE_INFINITY;
  let bars = 0;
  const session = new Session({
    ...{ core, journal, venue, now: () => time },
    onStep: ({ time: at, events }) => {
      if (events.length > 0) venue?.look(at, events[0]!);
    },
  });
  await play(session, {
    streams: feeds.streams(),
    speed: Number.POSITIVE_INFINITY,
    wait: () => Promise.reject(new Error("nothing to wait for")),
    clock: () => 0,
    signal: new AbortController().signal,
    after: Number.NEGATIVE_INFINITY,
    onTime(now) {
      time = now;
      const command = commands[bars++];
      if (command !== undefined) session.ask(command);
    },
    isEnough: () => bars === untilBars,
  });
  session.settle();
  session.flush();
  return { ledger, manifest, instruments, core };
}

export async function driftOfPlayed(played: Played, files: readonly string[] = []) {
  const document = await measure({ ...played, files });
  const amounts = Object.fromEntries(document.causes.map(({ cause, amount }) => [cause, amount]));
  return { document, amounts };
}

export interface Told {
  /** Fraction that its prices are worse by. */
  readonly slip?: string;
  readonly fee?: string;
  /** Bars that it takes to fill. */
  readonly delay?: number;
  /** Numbers of orders that it refuses. */
  readonly refuses?: readonly number[];
  /** Trades by hand, by the number of the bar after which they happen. */
  readonly byHand?: Readonly<Record<number, { readonly side: "buy" | "sell"; readonly quantity: string }>>;
}

/** Fills market orders a tenth of a second after the bar, at its close, as well or badly as it is told to. */
export class ToldVenue {
  readonly #told: Told;
  readonly #waiting: { readonly command: PlaceCommand; left: number }[] = [];
  #news: LiveEvent[] = [];
  #bars = 0;
  #price: Fixed = parseFixed("1");
  #time: Millis = 0;

  constructor(told: Told) {
    this.#told = told;
  }

  submit(command: PlaceCommand): void {
    this.#waiting.push({ command, left: this.#told.delay ?? 0 });
  }

  /** The session has had a bar. */
  look(time: Millis, { chunk, row }: MarketEvent): void {
    if (chunk.kind !== "bar") return;
    this.#time = time + 100;
    this.#price = fixedAt(chunk.close, row);
    const byHand = this.#told.byHand?.[this.#bars++];
    const instrument = chunk.instruments[0]!;
    if (byHand !== undefined) {
      const quantity = parseFixed(byHand.quantity);
      const units = widen(quantity.units, quantity.scale, instrument.lot.scale);
      this.#fill({ number: 0, instrument, side: byHand.side }, units);
    }
    for (const order of this.#waiting.splice(0)) {
      if (order.left-- > 0) this.#waiting.push(order);
      else this.#answer(order.command);
    }
  }

  take(): readonly LiveEvent[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  #answer(command: PlaceCommand): void {
    const { number, sizing, instrument } = command;
    if (this.#told.refuses?.includes(number)) {
      this.#news.push({ kind: "ended", number, reason: "refused:by-venue" });
      return;
    }
    this.#news.push({ kind: "accepted", number });
    const units =
      sizing.kind === "quantity"
        ? sizing.units
        : // Something is left for the fee.
          divideDown(multiplyFixed(sizing.value, parseFixed("0.995")), this.#price, instrument.lot.scale);
    this.#fill(command, wholeLots(units, instrument));
  }

  #fill(
    { number, instrument, side }: Pick<PlaceCommand, "number" | "instrument" | "side">,
    quantity: bigint,
  ): void {
    const { slip = "0", fee = "0" } = this.#told;
    const share = parseFixed(slip);
    const factor = {
      units: 10n ** BigInt(share.scale) + (side === "buy" ? share.units : -share.units),
      scale: share.scale,
    };
    const price = multiplyFixed(this.#price, factor);
    const value = tradedValue(instrument, price, quantity, side);
    const execution: Execution = {
      ...{ kind: "fill", number, instrument, side, time: this.#time, bar: -1, price, quantity, value },
      fee: { amount: multiplyFixed(value, parseFixed(fee)), currency: instrument.settle },
      ...{ maker: false, remaining: 0n, clipped: false, trade: `${this.#time}-${number}` },
    };
    this.#news.push(execution);
  }
}
