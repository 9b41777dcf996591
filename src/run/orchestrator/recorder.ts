import { ValidationError } from "../../domain/errors.ts";
import type { PlaceCommand } from "../../domain/execution.ts";
import type { Bar, Tick } from "../../domain/market.ts";
import type { Signal } from "../../domain/signal.ts";
import type { Millis } from "../../domain/time.ts";
import type { Decision } from "../../engine/decisionLog.ts";
import type { FeaturePipeline, FeatureStream } from "../../features/index.ts";
import type { Context, Handlers } from "../../strategy/contract.ts";
import type { SignalWatch } from "../../strategy/signal-watch.ts";
import type { Frame } from "./frame.ts";
import { GrowingColumns } from "./growingColumns.ts";

const marketNames = ["openTime", "time", "open", "high", "low", "close", "volume"] as const;

const otherHandlers = [
  ...["onStart", "onQuote", "onBook", "onOrder", "onFill", "onTimer", "onStop", "save"],
] as readonly (keyof Handlers)[];

/**
 * Sees what a strategy sees, bar by bar, before it does: keeps the market, works out the features, and notes what the
 * strategy made of them. One symbol.
 */
export class RunRecorder implements SignalWatch {
  readonly signals: Signal[] = [];
  readonly #market = new GrowingColumns(marketNames);
  readonly #features: GrowingColumns;
  readonly #stream: FeatureStream;
  readonly #priceColumn: "open" | "high" | "low" | "close";
  readonly #hasVolume: boolean;
  readonly #mostRows: number;
  readonly #copies = new WeakMap<Signal, Signal>();
  readonly #hold = kept({ action: "hold", confidence: 1, metadata: {} });
  #time: Millis = Number.NEGATIVE_INFINITY;
  /** What was asked for since the last bar. */
  #asked: Signal | null = null;

  constructor(pipeline: FeaturePipeline, hasVolume: boolean, mostRows: number) {
    this.#stream = pipeline.start({ hasVolume });
    this.#priceColumn = pipeline.config.priceColumn;
    this.#features = new GrowingColumns(["time", this.#priceColumn, ...pipeline.names]);
    this.#hasVolume = hasVolume;
    this.#mostRows = mostRows;
  }

  get marketFrame(): Frame {
    return this.#market.frame();
  }

  get featureFrame(): Frame {
    return this.#features.frame();
  }

  /** @throws ValidationError GEO-DATA-VALUE for more rows than frames may have */
  checkRows(rows: number): void {
    if (rows > this.#mostRows) throw tooMany(this.#mostRows);
  }

  /** The strategy's handlers, with the recorder before them. */
  around(create: (context: Context) => Handlers, context: Context): Handlers {
    const own = create(context);
    // Bound: handlers may be an instance of a class.
    const present = otherHandlers.filter((name) => own[name] !== undefined);
    const others = present.map((name) => [name, (own[name] as () => unknown).bind(own)] as const);
    return {
      ...Object.fromEntries(others),
      onTick: (tick) => {
        this.#onTick(tick);
        return own.onTick?.(tick);
      },
      onBar: (bar) => {
        this.#onBar(bar);
        return own.onBar?.(bar);
      },
    };
  }

  indicators(): Readonly<Record<string, number>> {
    return this.#stream.row();
  }

  onSignal(_bar: Bar, signal: Signal): void {
    this.signals[this.signals.length - 1] = Object.isFrozen(signal) ? this.#own(signal) : kept(signal);
  }

  /** Signals are told apart by run: a constant that several runs share is copied, once. */
  #own(signal: Signal): Signal {
    let own = this.#copies.get(signal);
    if (own === undefined) this.#copies.set(signal, (own = kept(signal)));
    return own;
  }

  /** For strategies that trade without saying so: the last order asked for until a bar's close is its signal. */
  onDecision(time: Millis, decision: Decision): void {
    if (decision.kind !== "place") return;
    const signal = signalOf(decision);
    if (time === this.#time) this.signals[this.signals.length - 1] = signal;
    else this.#asked = signal;
  }

  #onTick({ price, volume, side }: Tick): void {
    this.#stream.onTrade({ price, volume, side });
  }

  #onBar(bar: Bar): void {
    this.checkRows(this.#market.length + 1);
    const { openTime, time, open, high, low, close, volume } = bar;
    const known = this.#hasVolume ? volume : Number.NaN;
    this.#market.push([openTime, time, open, high, low, close, known]);
    this.#stream.advance(bar);
    this.#features.push([time, bar[this.#priceColumn]], this.#stream.values);
    this.#time = time;
    this.signals.push(this.#asked ?? this.#hold);
    this.#asked = null;
  }
}

/** What an author changes after it was answered must not change here. */
function kept({ action, confidence, metadata }: Signal): Signal {
  return Object.freeze({ action, confidence, metadata: Object.freeze({ ...metadata }) });
}

function signalOf({ side, reduceOnly, tag }: PlaceCommand): Signal {
  const metadata = Object.freeze(tag === null ? {} : { tag });
  return Object.freeze({ action: reduceOnly ? "exit" : side, confidence: 1, metadata });
}

function tooMany(most: number): ValidationError {
  return new ValidationError("GEO-DATA-VALUE", `frames: expected at most ${most} bars, found more`, {
    hint: "Choose a period (from, to) or longer bars (timeframe), or raise limits.maxRows of buildGeoSyncSystem.",
  });
}
