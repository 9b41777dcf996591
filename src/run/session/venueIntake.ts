import { marketOf } from "../../connectivity/marketOf.ts";
import { ordersOf } from "../../connectivity/orders.ts";
import type { VenueSession } from "../../connectivity/session.ts";
import { ExchangeDataSource } from "../../data/exchangeDataSource.ts";
import type { Channel } from "../../data/liveStatus.ts";
import { fixedAt } from "../../domain/columns.ts";
import { ValidationError } from "../../domain/errors.ts";
import type { Fixed } from "../../domain/fixed.ts";
import { formatFixed } from "../../domain/fixed.ts";
import { createInstrument, type Instrument } from "../../domain/instrument.ts";
import type { MarketChunk, MarketEvent } from "../../domain/market.ts";
import { type Millis, parseTimeframe } from "../../domain/time.ts";
import { coinDecimals } from "../../execution/costs/feeCurrency.ts";
import type { Intake, IntakeControl } from "./intake.ts";
import { describeStatus } from "./liveStatusText.ts";
import type { Session } from "./session.ts";

export interface VenueIntakeOptions {
  readonly session: VenueSession;
  readonly symbols: readonly string[];
  /** Of the bars; null without candles. */
  readonly timeframe: string;
  readonly channels: readonly Channel[];
  /** Closed candles before the first live one. */
  readonly warmup: number;
  /** Told each new price of a symbol. */
  readonly onPrice: (symbol: string, price: Fixed) => void;
}

/** A venue's live data for a session. @throws ConnectionError GEO-VENUE-UNSUPPORTED for a symbol that it lacks */
export function openVenueIntake(options: VenueIntakeOptions): Intake {
  const { session, symbols, timeframe, channels } = options;
  const market = marketOf(session);
  const orders = ordersOf(session);
  const instruments = symbols.map((symbol) => tradable(orders.rules(symbol).instrument));
  refuseSeveralCurrencies(instruments);
  const hasCandles = channels.includes("candles");
  const frame = parseTimeframe(timeframe);
  return {
    venue: market.venue,
    instruments,
    barMs: hasCandles ? frame.ms : null,
    ticksArePrices: !hasCandles,
    tradeFrom: session.venueTime(),
    isFinite: false,
    now: () => session.venueTime(),
    async run(to, known, control) {
      // Stopped while the session was starting.
      control.signal.throwIfAborted();
      const source = new ExchangeDataSource(market, {
        symbols,
        channels,
        timeframe: frame.label,
        ...(Number.isFinite(control.afterBar) ? { from: control.afterBar } : { warmup: options.warmup }),
        instrumentOf: (symbol) => known.find((one) => one.symbol === symbol)!,
        onStatus: (status) => control.onStatus(describeStatus(status)),
      });
      const stop = () => void source.disconnect();
      control.signal.addEventListener("abort", stop, { once: true });
      try {
        await source.connect();
        await takeIn(to, source, { ...options, control, staleMs: hasCandles ? frame.ms : 30_000 });
        control.signal.throwIfAborted();
      } finally {
        control.signal.removeEventListener("abort", stop);
        await source.disconnect();
      }
    },
    close: () => Promise.resolve(),
  };
}

/** A session's books are kept in one currency. */
function refuseSeveralCurrencies(instruments: readonly Instrument[]): void {
  const currencies = [...new Set(instruments.map(({ settle }) => settle))];
  if (currencies.length < 2) return;
  throw new ValidationError(
    "GEO-USAGE",
    `--symbol: expected symbols paid in one currency, found ${currencies.join(", ")}`,
    {
      hint: "Run a session for each.",
    },
  );
}

/** Fees taken out of what is bought leave holdings finer than a lot. */
function tradable({ symbol, venue, lot, tick, minNotional }: Instrument): Instrument {
  return createInstrument(symbol, {
    venue,
    lot: formatFixed(lot),
    ...(tick !== null && { tick: formatFixed(tick) }),
    ...(minNotional !== null && { minNotional: formatFixed(minNotional) }),
    volumeUnit: "base",
    quantityScale: Math.max(coinDecimals, lot.scale),
  });
}

interface Taking extends VenueIntakeOptions {
  readonly control: IntakeControl;
  /** Data that is older when it comes is too old to open anything on. */
  readonly staleMs: number;
}

async function takeIn(to: Session, source: ExchangeDataSource, taking: Taking): Promise<void> {
  const { control, session, staleMs, onPrice } = taking;
  let resolved = false;
  for await (const chunk of source.events()) {
    // Once the trades, or offers, themselves have come, bars bring no prices of their own.
    resolved ||= chunk.kind !== "bar";
    const rows = chunk.kind === "bar" ? ({ ...chunk, derived: resolved } as MarketChunk) : chunk;
    for (const { time, events } of instantsOf(rows, control)) {
      if (time > taking.control.after && session.venueTime() - time > staleMs)
        to.ask({ kind: "catchUp", until: time });
      to.market(time, events);
      tellPrice(rows, events.at(-1)!.row, onPrice);
      if (control.isEnough()) return;
      const leaving = control.untilSent();
      if (leaving !== null) await leaving;
    }
  }
}

/** Rows of one time belong together; what the session has had already is left out. */
function* instantsOf(
  chunk: MarketChunk,
  { afterBar }: IntakeControl,
): Generator<{ readonly time: Millis; readonly events: readonly MarketEvent[] }> {
  const { times, length } = chunk;
  for (let from = 0, to = 0; from < length; from = to) {
    const time = times[from]!;
    while (to < length && times[to] === time) to++;
    if (chunk.kind === "bar" && time <= afterBar) continue;
    yield { time, events: Array.from({ length: to - from }, (_, i) => ({ chunk, row: from + i })) };
  }
}

function tellPrice(chunk: MarketChunk, row: number, onPrice: Taking["onPrice"]): void {
  if (chunk.kind === "quote" || chunk.kind === "book") return;
  const { symbol } = chunk.instruments[chunk.instrumentOf?.[row] ?? 0]!;
  onPrice(symbol, fixedAt(chunk.kind === "bar" ? chunk.close : chunk.price, row));
}
