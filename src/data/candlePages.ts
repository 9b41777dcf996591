import type { Candle, MarketApi } from "../connectivity/marketApi.ts";
import { intervalOf, type Millis, type Timeframe } from "../domain/time.ts";

export interface CandleQuestion {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly from: Millis;
  /** First open time that is no longer wanted. */
  readonly to: Millis;
}

export interface CandlePage {
  /** Closed, wanted, none twice, in order. */
  readonly closed: readonly Candle[];
  /** Open time of the last candle that the venue showed, finished or not; null when it showed none. */
  readonly seen: Millis | null;
}

/** So long after its end, by the venue's clock, a candle that has no successor yet is final: late trades are in it. */
export const settleMs = 2_000;

/** Closed candles over REST, page by page, until the venue has no more or the wanted ones are there. */
export async function* candlePages(
  api: MarketApi,
  question: CandleQuestion,
): AsyncGenerator<CandlePage, void, undefined> {
  const { symbol, timeframe, to } = question;
  const limit = api.traits.candlePage;
  for (let from = question.from; from < to; ) {
    const page = await api.candles(symbol, timeframe, from, limit);
    const candles = inOrder(page, from);
    const last = candles.at(-1);
    if (last === undefined) {
      // Venues that look no further than a page leave holes empty; others have nothing more.
      const next = from + limit * timeframe.ms;
      if (next > api.venueTime()) return;
      from = next;
      continue;
    }
    const closed = candles.filter(
      (candle) => candle.openTime < to && isClosed(candle, last, timeframe, api.venueTime()),
    );
    yield { closed, seen: last.openTime };
    if (closed.at(-1)?.openTime === last.openTime) from = closeTimeOf(last.openTime, timeframe);
    // At the end of a full page nothing tells yet whether it has a successor.
    else if (candles.length >= limit && last.openTime > from) from = last.openTime;
    else return;
  }
}

/** End of the candle: when it becomes known. */
export function closeTimeOf(openTime: Millis, timeframe: Timeframe): Millis {
  return /[My]$/.test(timeframe.label) ? intervalOf(openTime, timeframe)[1] : openTime + timeframe.ms;
}

function inOrder(page: readonly Candle[], from: Millis): readonly Candle[] {
  const sorted = page.filter(({ openTime }) => openTime >= from).sort((a, b) => a.openTime - b.openTime);
  return sorted.filter((candle, i) => candle.openTime !== sorted[i - 1]?.openTime);
}

/** The local clock may be behind: a candle is unfinished until a newer one opened, or the venue's clock says so. */
function isClosed(candle: Candle, last: Candle, timeframe: Timeframe, venueTime: Millis): boolean {
  if (candle.openTime < last.openTime) return true;
  return closeTimeOf(candle.openTime, timeframe) + settleMs <= venueTime;
}
