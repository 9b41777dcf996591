import type { Bar } from "../domain/market.ts";
import type { Signal } from "../domain/signal.ts";
import type { Direction } from "./direction.ts";

/** For a caller that feeds and shows what classes and vectors decide. */
export interface SignalWatch {
  /** Beside a class's usual indicators: those of the bar being handled. */
  indicators(): Readonly<Record<string, number>>;
  /** What was said of a bar, before anything is done about it. */
  onSignal(bar: Bar, signal: Signal): void;
}

const signal = (action: Signal["action"]): Signal =>
  Object.freeze({ action, confidence: 1, metadata: Object.freeze({}) });

const signals = { buy: signal("buy"), sell: signal("sell"), exit: signal("exit"), hold: signal("hold") };

/** A vector's opinion as a signal; none is "hold". */
export function signalOf(direction: Direction | undefined): Signal {
  if (direction === undefined) return signals.hold;
  return direction === 0 ? signals.exit : direction > 0 ? signals.buy : signals.sell;
}
