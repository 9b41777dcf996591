import { resolve } from "node:path";
import { readKey } from "../config/credentials.ts";
import { resolveSettings } from "../config/resolve.ts";
import { badValue } from "../config/values.ts";
import type { BarDownloadReport } from "../data/providers/barDownload.ts";
import { ValidationError } from "../domain/errors.ts";
import type { RateLimits } from "../domain/ports.ts";
import { normalizeSymbol } from "../domain/symbol.ts";
import { isoTime, parseTimeframe } from "../domain/time.ts";
import type { ProviderDownloadDocument } from "../report/downloadSchema.ts";
import type { DownloadFlags } from "./dataDownload.ts";
import { startProgress } from "./progress.ts";
import type { Session } from "./session.ts";

/** @throws GeoSyncError */
export async function runProviderDownload(
  flags: DownloadFlags & { readonly provider: string },
  session: Session,
): Promise<void> {
  refuseVenueFlags(flags);
  const { adjusted = false, json = false } = flags;
  const symbol = normalizeSymbol(flags.symbol);
  const timeframe = parseTimeframe(flags.timeframe, "--timeframe");
  const { single } = resolveSettings({ flags: { from: flags.from, to: flags.to }, env: {}, file: null });
  const file = flags.out ?? `${symbol.replace(/[^A-Z0-9]/g, "")}_${timeframe.label}.csv`;
  const provider = await providerOf(flags, session);
  const { downloadBars } = await import("../data/providers/barDownload.ts");
  const progress = startProgress(session);
  const report = await downloadBars(provider, {
    ...{ symbol, timeframe, adjusted, from: single.from?.value, to: single.to?.value },
    ...{ path: resolve(session.cwd, file), signal: session.signal, onProgress: progress.update },
  }).finally(progress.stop);
  const document: ProviderDownloadDocument = {
    schema: "geosync.provider-download/1",
    provider: provider.name,
    symbol,
    timeframe: timeframe.label,
    adjusted,
    file,
    first: isoTime(report.first),
    last: isoTime(report.last),
    added: report.added,
    resumed: report.resumed,
  };
  if (json) await session.print([JSON.stringify(document, null, 2), "\n"]);
  else session.note(summaryOf(document, report));
}

async function providerOf(flags: DownloadFlags & { readonly provider: string }, session: Session) {
  const [{ openProvider }, { createSetup }] = await Promise.all([
    import("../data/providers/openProvider.ts"),
    import("../data/providers/setup.ts"),
  ]);
  const { providerUrl: url, adjusted = false, rate } = flags;
  const setup = createSetup({
    adjusted,
    variable: (name) => readKey(name, session),
    memory: resolve(session.cwd, ".geosync/providers"),
    ...(url !== undefined && { url }),
    ...(rate !== undefined && { limits: limitsOf(rate) }),
  });
  return openProvider(flags.provider, setup, session.cwd);
}

const windows = { s: "perSecond", m: "perMinute", d: "perDay" } as const;

/** `75/m`, `25/d`. @throws ValidationError GEO-OPTION-VALUE */
function limitsOf(rates: readonly string[]): RateLimits {
  return Object.fromEntries(
    rates.map((text) => {
      const [, count, unit] = /^([1-9]\d{0,5})\/([smd])$/.exec(text.trim()) ?? [];
      if (count === undefined)
        throw badValue("--rate", "a number of requests such as 5/s, 75/m or 25/d", text);
      return [windows[unit as keyof typeof windows], Number(count)];
    }),
  );
}

function summaryOf(document: ProviderDownloadDocument, { added, resumed }: BarDownloadReport): string {
  const { provider, symbol, timeframe, file, first, last } = document;
  const what = `${added.toLocaleString("en-US")} ${timeframe} bars of ${symbol} from ${provider}`;
  const how = resumed ? " (going on where it was stopped)" : "";
  return `${what} added to ${file}${how}, which now holds ${first} to ${last}.`;
}

/** Flags of a venue mean nothing to a provider; a variable that names one is no contradiction. */
function refuseVenueFlags(flags: DownloadFlags): void {
  const venueFlags = ["venue", "testnet", "venue-url", "endpoint", "api-log"] as const;
  const given = flags as unknown as Readonly<Record<string, unknown>>;
  const flag = venueFlags.find(
    (name) => given[name.replace(/-(.)/, (_, c: string) => c.toUpperCase())] !== undefined,
  );
  if (flag === undefined) return;
  throw new ValidationError("GEO-USAGE", `data download: expected --provider or --${flag}, found both`, {
    hint: "A provider is reached at --provider-url; a venue at --venue-url.",
  });
}
