import { resolve } from "node:path";
import { resolveSettings } from "../config/resolve.ts";
import type { MarketApi } from "../connectivity/marketApi.ts";
import type { ApiLog } from "../connectivity/session.ts";
import type { DownloadReport } from "../data/candleDownload.ts";
import { ValidationError } from "../domain/errors.ts";
import { normalizeSymbol } from "../domain/symbol.ts";
import { isoTime, parseTimeframe, type Timeframe } from "../domain/time.ts";
import type { DownloadDocument } from "../report/downloadSchema.ts";
import type { DownloadFlags } from "./dataDownload.ts";
import { startProgress } from "./progress.ts";
import type { Session } from "./session.ts";
import type { VenueChoice } from "./venueFlags.ts";

/** @throws GeoSyncError */
export async function runDataDownload(flags: DownloadFlags & VenueChoice, session: Session): Promise<void> {
  const { testnet, json = false } = flags;
  const venue = requiredVenue(flags);
  const symbol = normalizeSymbol(flags.symbol);
  const timeframe = parseTimeframe(flags.timeframe, "--timeframe");
  const { single } = resolveSettings({ flags: { from: flags.from, to: flags.to }, env: {}, file: null });
  const name = flags.out ?? `${symbol.replace(/[^A-Z0-9]/g, "")}_${timeframe.label}.csv`;
  const period = { from: single.from?.value, to: single.to?.value };
  const where = { symbol, timeframe, path: resolve(session.cwd, name) };
  const report = await withProgress(session, (onProgress) =>
    withMarket({ ...flags, venue }, async (market) => {
      const { downloadCandles } = await import("../data/candleDownload.ts");
      return downloadCandles(market, { ...where, ...period, onProgress });
    }),
  );
  const document: DownloadDocument = {
    schema: "geosync.download/1",
    venue,
    testnet,
    symbol,
    timeframe: timeframe.label,
    file: name,
    first: isoTime(report.first),
    last: isoTime(report.last),
    added: report.added,
    missing: report.missing,
  };
  if (json) await session.print([JSON.stringify(document, null, 2), "\n"]);
  else session.note(summaryOf(report, document, timeframe));
}

/** A market to ask, as long as `use` takes. */
async function withMarket<T>(
  { venue, testnet, endpoints, apiLog }: VenueChoice & { readonly venue: string },
  use: (market: MarketApi) => Promise<T>,
): Promise<T> {
  const [{ openSession }, { marketOf }, { openApiLog }] = await Promise.all([
    import("../connectivity/openSession.ts"),
    import("../connectivity/marketOf.ts"),
    import("../connectivity/apiLog.ts"),
  ]);
  const log = apiLog === undefined ? undefined : await openApiLog(apiLog);
  try {
    const shared: { readonly log?: ApiLog } = log === undefined ? {} : { log };
    const session = await openSession({ venue, testnet, endpoints, ...shared });
    try {
      return await use(marketOf(session));
    } finally {
      await session.close();
    }
  } finally {
    await log?.close();
  }
}

async function withProgress<T>(
  session: Session,
  work: (onProgress: (share: number, rows: number) => void) => Promise<T>,
): Promise<T> {
  const progress = startProgress(session);
  return work(progress.update).finally(progress.stop);
}

function summaryOf(report: DownloadReport, document: DownloadDocument, timeframe: Timeframe): string {
  const { venue, symbol, file, first, last } = document;
  const count = report.added.toLocaleString("en-US");
  const what = `${count} ${timeframe.label} candles of ${symbol} from ${venue} ${report.before ? "added to" : "in"} ${file}`;
  const holes =
    report.missing === 0 ? "" : `\n${report.missing} intervals among them have none at the venue.`;
  return `${what}, which now holds ${first} to ${last}.${holes}`;
}

function requiredVenue({ venue }: VenueChoice): string {
  if (venue !== undefined) return venue;
  throw new ValidationError("GEO-USAGE", "data download: expected --venue, found none", {
    hint: "For example: geosync data download --venue binance --symbol BTC/USDT --from 2024-01-01.",
  });
}
