import { describe } from "../domain/decimal.ts";
import { ValidationError } from "../domain/errors.ts";
import type { Bar } from "../domain/market.ts";
import { createSignal, type Signal } from "../domain/signal.ts";
import { isoTime } from "../domain/time.ts";
import { atr, ema, rsi, sma, stddev } from "../indicators/index.ts";
import type { Strategy, StrategyDefinition } from "./contract.ts";
import { createFollower, type Direction } from "./direction.ts";
import type { SignalWatch } from "./signal-watch.ts";

/** The reference's class, one instance a symbol, asked at every bar's close, also during the warm-up: it may keep state. */
export function classDefinition(
  StrategyClass: new () => Strategy,
  name: string,
  warmup: number,
  watch?: SignalWatch,
): StrategyDefinition {
  return Object.freeze({
    name,
    warmup,
    create(_params, ctx) {
      const follow = createFollower(ctx);
      const newcomer = () => ({
        strategy: instantiate(StrategyClass, name),
        indicators: classIndicators(),
      });
      const seats = new Map(ctx.symbols.map((symbol) => [symbol, newcomer()]));
      return {
        onBar(bar) {
          let seat = seats.get(bar.symbol);
          if (seat === undefined) seats.set(bar.symbol, (seat = newcomer()));
          const own = seat.indicators(bar);
          const indicators = watch === undefined ? own : Object.freeze({ ...own, ...watch.indicators() });
          const signal = checkSignal(seat.strategy.generateSignal(ctx.prices, indicators), name, bar);
          watch?.onSignal(bar, signal);
          if (signal.action !== "hold") follow(bar.symbol, directions[signal.action]);
        },
      };
    },
  } satisfies StrategyDefinition);
}

const directions: Readonly<Record<Exclude<Signal["action"], "hold">, Direction>> = {
  buy: 1,
  sell: -1,
  exit: 0,
};

function instantiate(StrategyClass: new () => Strategy, name: string): Strategy {
  const strategy: Strategy = new StrategyClass();
  if (typeof strategy.generateSignal === "function") return strategy;
  throw new ValidationError(
    "GEO-STRATEGY-LOAD",
    `strategy ${name}: expected a class with a method generateSignal(prices, indicators), found none in ${describe(StrategyClass.name)}`,
  );
}

/** The pre-computed indicators of the reference; NaN until ready. */
function classIndicators(): (bar: Bar) => Readonly<Record<string, number>> {
  const [sma20, ema20, rsi14, atr14, stddev20] = [sma(20), ema(20), rsi(14), atr(14), stddev(20)];
  return (bar) =>
    Object.freeze({
      sma20: sma20.update(bar.close),
      ema20: ema20.update(bar.close),
      rsi14: rsi14.update(bar.close),
      atr14: atr14.update(bar),
      stddev20: stddev20.update(bar.close),
    });
}

function checkSignal(signal: Signal, name: string, bar: Bar): Signal {
  if (isPlainSignal(signal)) return signal;
  try {
    return createSignal(signal);
  } catch (cause) {
    const where = `strategy ${name}: bar ${bar.index} of ${bar.symbol} (${isoTime(bar.time)})`;
    throw new ValidationError("GEO-STRATEGY-THREW", `${where}: ${(cause as Error).message}`, {
      hint: 'generateSignal returns { action: "buy" | "sell" | "hold" | "exit", confidence: 0 to 1, metadata: {} }, at once, not as a promise.',
      cause,
    });
  }
}

/** Spares the usual signal the schema, which costs more than the rest of the bar. */
function isPlainSignal(signal: Signal): boolean {
  return (
    typeof signal === "object" &&
    signal !== null &&
    (signal.action === "hold" || Object.hasOwn(directions, signal.action)) &&
    typeof signal.confidence === "number" &&
    signal.confidence >= 0 &&
    signal.confidence <= 1
  );
}
