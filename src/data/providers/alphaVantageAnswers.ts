import { z } from "zod";
import { Decimal } from "../../domain/decimal.ts";
import type { ConnectionError, ConnectionErrorCode } from "../../domain/errors.ts";
import { type AnsweredBar, readBar } from "./answers.ts";
import { type JsonSource, Passing } from "./jsonSource.ts";
import { MarketZone } from "./marketZone.ts";

export interface SeriesRequest {
  readonly source: JsonSource;
  readonly symbol: string;
  readonly adjusted: boolean;
  readonly daily: boolean;
}

const text = z.string();
const row = z.looseObject({ "1. open": text, "2. high": text, "3. low": text, "4. close": text });
const volumed = row.extend({ "5. volume": text });
const adjusted = row.extend({ "5. adjusted close": text, "6. volume": text });
const meta = z.record(text, text);
const later = "Go on later with the same command, or tell of a larger plan with --rate.";
const refused = z.looseObject({
  Note: text.optional(),
  Information: text.optional(),
  "Error Message": text.optional(),
});

type Row = z.infer<typeof volumed> | z.infer<typeof adjusted>;

/** @throws ConnectionError, or Passing: refusals come with status 200 */
export function readSeries(answer: unknown, request: SeriesRequest): readonly AnsweredBar[] {
  refuse(answer, request);
  const entries = Object.entries((answer ?? {}) as Record<string, unknown>);
  const series = entries.find(([name]) => name.startsWith("Time Series"))?.[1];
  const about = meta.safeParse(entries.find(([name]) => name === "Meta Data")?.[1]);
  const rows = z.record(text, rowShape(request)).safeParse(series);
  const zoneName = Object.entries(about.data ?? {}).find(([name]) => name.endsWith("Time Zone"))?.[1];
  if (!rows.success || zoneName === undefined) {
    const found = rows.success ? "no time zone" : z.prettifyError(rows.error);
    throw request.source.failure(
      "GEO-VENUE-ANSWER",
      `expected a time series of ${request.symbol}: ${found}`,
      "Try again. If it stays, the provider changed its protocol.",
    );
  }
  const zone = new MarketZone(zoneName);
  const step = stepOf(entries.map(([name]) => name));
  return Object.entries(rows.data).map(([stamp, cells]) => readRow(stamp, cells, { ...request, zone, step }));
}

function rowShape({ daily, adjusted: isAdjusted }: SeriesRequest): z.ZodType<Row> {
  return daily && isAdjusted ? adjusted : volumed;
}

function readRow(
  stamp: string,
  cells: Row,
  { source, daily, zone, step }: SeriesRequest & { readonly zone: MarketZone; readonly step: number },
): AnsweredBar {
  // Days are stamped by their date; within the day by the market's clock, at the open.
  const openTime = daily ? Date.parse(`${stamp}T00:00:00Z`) : zone.timeOf(stamp);
  if (openTime === undefined || Number.isNaN(openTime)) {
    const words = `expected ${daily ? "a date" : "a time that the market's clock shows once"}, found "${stamp}"`;
    throw source.failure("GEO-VENUE-ANSWER", words, "The provider's data are at fault there.");
  }
  const [open, high, low, close, volume] = pricesOf(cells);
  const bar = readBar("alphavantage", stamp, [openTime, open, high, low, close, volume]);
  return { bar, finalAt: daily ? zone.endOfDay(stamp) : openTime + step };
}

/** Only the close comes adjusted; the other prices take its factor. The answer has four decimals, here are six. */
function pricesOf(cells: Row): readonly string[] {
  const { "1. open": open, "2. high": high, "3. low": low, "4. close": close } = cells;
  if (!("5. adjusted close" in cells)) return [open, high, low, close, cells["5. volume"] as string];
  const { "5. adjusted close": after, "6. volume": volume } = cells as z.infer<typeof adjusted>;
  const moved = (price: string): string =>
    new Decimal(price).times(after).div(close).toDecimalPlaces(6).toFixed();
  return [moved(open), moved(high), moved(low), moved(close), volume];
}

/** `Time Series (5min)` */
function stepOf(names: readonly string[]): number {
  const minutes = names.map((name) => /\((\d+)min\)$/.exec(name)?.[1]).find((found) => found !== undefined);
  return Number(minutes ?? 0) * 60_000;
}

function refuse(answer: unknown, { source, symbol }: SeriesRequest): void {
  const {
    Note: note,
    Information: information,
    "Error Message": error,
  } = refused.safeParse(answer).data ?? {};
  const words = note ?? information ?? error;
  if (words === undefined) return;
  throw refusalOf(words, symbol, source);
}

/** Their words change from year to year; what they are about does not. The first that fits counts. */
const refusals: readonly {
  readonly words: RegExp;
  readonly code: ConnectionErrorCode;
  readonly hint: string;
  /** Time heals it, ms. */
  readonly afterMs?: number;
}[] = [
  { words: /sparingly|request per second/i, code: "GEO-VENUE-LIMITED", hint: later, afterMs: 2_000 },
  { words: /per minute|call volume/i, code: "GEO-VENUE-LIMITED", hint: later, afterMs: 60_000 },
  { words: /per day|rate limit|call frequency/i, code: "GEO-VENUE-LIMITED", hint: later },
  {
    words: /premium (?:endpoint|feature|function)|outputsize=full/i,
    code: "GEO-VENUE-UNSUPPORTED",
    hint: "Your plan does not include it. The free one has the last 100 days, unadjusted.",
  },
  {
    words: /api ?key/i,
    code: "GEO-CREDENTIALS",
    hint: "Check ALPHAVANTAGE_API_KEY; the key demo is good for their examples only.",
  },
  {
    words: /invalid api call/i,
    code: "GEO-VENUE-UNSUPPORTED",
    hint: "It does not know the symbol, or has nothing of it in that month: begin later with --from.",
  },
];

function refusalOf(words: string, symbol: string, source: JsonSource): ConnectionError | Passing {
  const known = refusals.find((refusal) => refusal.words.test(words));
  const { code = "GEO-VENUE-ANSWER", hint = "The provider's own words say what it wants." } = known ?? {};
  const error = source.failure(code, `${symbol}: ${words}`, hint);
  return known?.afterMs === undefined ? error : new Passing(error, known.afterMs);
}
