import { readCandle } from "../../connectivity/marketAnswers.ts";
import { ConnectionError } from "../../domain/errors.ts";
import type { BarQuestion, ProvidedBar } from "../../domain/ports.ts";
import type { Millis, Timeframe } from "../../domain/time.ts";

/** A bar that was answered, and when it is final. */
export interface AnsweredBar {
  readonly bar: ProvidedBar;
  readonly finalAt: Millis;
}

/** @throws ConnectionError GEO-VENUE-UNSUPPORTED */
export function requireTimeframe(name: string, timeframe: Timeframe, known: readonly string[]): void {
  if (known.includes(timeframe.label)) return;
  throw new ConnectionError(
    `${name}: expected a timeframe of ${known.join(", ")}, found ${timeframe.label}`,
    { code: "GEO-VENUE-UNSUPPORTED", hint: "Name one of them with --timeframe." },
  );
}

/** @param where the row as it was found, for the message. @throws ConnectionError GEO-VENUE-ANSWER */
export function readBar(name: string, where: string, cells: readonly unknown[]): ProvidedBar {
  try {
    const { openTime, open, high, low, close, volume } = readCandle(cells);
    return { openTime, open, high, low, close, volume };
  } catch (cause) {
    throw new ConnectionError(`${name}, row ${where}: ${(cause as Error).message}`, {
      code: "GEO-VENUE-ANSWER",
      hint: "The provider's data are at fault there: ask for a period without that row.",
      cause,
    });
  }
}

/** Those that were asked for, final by now, oldest first. */
export function inPeriod(bars: readonly AnsweredBar[], { from, to }: BarQuestion): readonly ProvidedBar[] {
  const now = Date.now();
  return bars
    .filter(({ bar, finalAt }) => bar.openTime >= from && bar.openTime < to && finalAt <= now)
    .map(({ bar }) => bar)
    .sort((a, b) => a.openTime - b.openTime);
}
