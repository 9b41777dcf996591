import { ConnectionError } from "../domain/errors.ts";
import type { OwnTrade } from "../domain/ports.ts";
import { dayMs, type Millis } from "../domain/time.ts";
import type { TradesSince } from "./ordersApi.ts";

type Page = (from: Millis) => Promise<readonly OwnTrade[]>;

/** How far back a trade is looked for of which only the id is known. */
const reaches = [dayMs / 24, dayMs, 7 * dayMs, 30 * dayMs, 90 * dayMs];

/** Own trades of a venue that finds them by time only, oldest first, without a hole and none twice. */
export async function tradesAfter(page: Page, since: TradesSince, now: Millis): Promise<readonly OwnTrade[]> {
  if ("time" in since) return tradesFrom(page, since.time);
  for (const reach of reaches) {
    const found = await tradesFrom(page, now - reach);
    const index = found.findIndex(({ id }) => id === since.id);
    if (index >= 0) return found.slice(index + 1);
  }
  throw new ConnectionError(`own trades: expected the trade ${since.id} within 90 days, found none`, {
    code: "GEO-VENUE-ANSWER",
    hint: "Ask by time instead.",
  });
}

async function tradesFrom(page: Page, time: Millis): Promise<readonly OwnTrade[]> {
  const seen = new Map<string, OwnTrade>();
  for (let from = time; ; ) {
    const found = await page(from);
    const fresh = found.filter(({ id, time: at }) => at >= time && !seen.has(id));
    if (fresh.length === 0) return [...seen.values()].sort(byTime);
    for (const trade of fresh) seen.set(trade.id, trade);
    // Pages may end within a millisecond: it is asked for again, and what is known already is left out.
    from = Math.max(from, ...fresh.map(({ time: at }) => at));
  }
}

function byTime(a: OwnTrade, b: OwnTrade): number {
  return (
    a.time - b.time || (a.id.length === b.id.length ? (a.id < b.id ? -1 : 1) : a.id.length - b.id.length)
  );
}
