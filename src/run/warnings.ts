import type { FeedFile } from "../data/feedFile.ts";
import { type Fixed, formatFixed } from "../domain/fixed.ts";
import { dayMs, isoTime } from "../domain/time.ts";
import type { Warning } from "../report/document.ts";
import { formatCount } from "../report/format.ts";
import { sourceOf } from "./feeds.ts";
import type { FinishedRun } from "./outcome.ts";
import type { SimulationResult } from "./simulate.ts";

/** Fewer closed trades than this say little about a strategy. */
const fewTrades = 30;

/** Markets rest at night, at weekends and on holidays: a step of up to five days is a calendar, not a hole. */
const longestRest = 5 * dayMs;

/** What a reader must know before believing the numbers, in plain words. */
export function warningsOf(finished: FinishedRun, trades: number): readonly Warning[] {
  const all = [
    ...ofTrading(finished, trades),
    ...ofRisk(finished),
    ...ofPositions(finished),
    ...ofCosts(finished),
    ...finished.feeds.files.flatMap((file) => ofFile(file, finished)),
    ...ofDetail(finished),
    ...finished.strategies.flatMap(({ notes }) => notes).map((message) => ({ code: "strategy", message })),
  ];
  return [...new Map(all.map((warning) => [`${warning.code} ${warning.message}`, warning])).values()];
}

function ofTrading({ result }: FinishedRun, trades: number): Warning[] {
  const { ambiguousBars, clipped, reasons } = result;
  if (reasons.size === 0) return [{ code: "no-orders", message: "The strategy placed no order." }];
  const warnings: Warning[] = [];
  if (trades < fewTrades) {
    const message = `${plural(trades, "closed trade")}: too few to tell skill from luck.`;
    warnings.push({ code: "few-trades", message });
  }
  if (ambiguousBars > 0) {
    const message = `${plural(ambiguousBars, "bar")} reached a stop and a target both; which came first is unknown, the stop was taken.`;
    warnings.push({ code: "ambiguous-bars", message });
  }
  if (clipped > 0) {
    const message = `${plural(clipped, "order")} filled smaller than asked: collar, cash or holding set the limit.`;
    warnings.push({ code: "clipped", message });
  }
  return warnings;
}

function ofRisk({ result }: FinishedRun): Warning[] {
  return result.halts.map(({ time, action, because }) => {
    const then = action === "flatten" ? "what was held was closed, and nothing opened" : "nothing was opened";
    return { code: "risk-halted", message: `${isoTime(time)}: ${because}; from then on ${then}.` };
  });
}

function ofPositions({ result }: FinishedRun): Warning[] {
  const open = result.account.everyHolding.filter(({ isFlat }) => !isFlat);
  const warnings = open.map((holding) => {
    const gain = holding.unrealised >= 0 ? "gain" : "loss";
    const message = `${holding.instrument.symbol} is still held at the end: its unrealised ${gain} counts in equity, not as a trade (--at-end close sells it).`;
    return { code: "open-position", message };
  });
  if (result.liquidations > 0) {
    const message = `${plural(result.liquidations, "position")} closed by force: equity fell below the maintenance margin.`;
    warnings.push({ code: "liquidated", message });
  }
  if (!result.recorder.ruined) return warnings;
  const message =
    "Equity fell to zero or below: a real account would have been closed, and what follows means nothing.";
  return [...warnings, { code: "ruined", message }];
}

function ofCosts({ settings, result, feeds }: FinishedRun): Warning[] {
  const warnings: Warning[] = [];
  if (isFree(result.costs)) {
    warnings.push({ code: "no-costs", message: "Fees and slippage are 0: live trading costs more." });
  }
  const { volume, volatility } = result.slippageGaps;
  if (volatility > 0) {
    const message = `${plural(volatility, "fill")} before the volatility was known: 5 bps of slippage were taken for it.`;
    warnings.push({ code: "impact-without-volatility", message });
  }
  if (volume > 0) {
    const message = `${plural(volume, "fill")} without a volume in the base currency: the order counted as all of it (--volume-unit base says what it counts).`;
    warnings.push({ code: "impact-without-volume", message });
  }
  return [...warnings, ...ofVolume(settings.volumeLimit, result, feeds.files)];
}

function isFree({ takerFee, slippage, ...others }: SimulationResult["costs"]): boolean {
  const { feePerOrder, feePerUnit, minFee, spread, impact } = others;
  return (
    Number(takerFee) === 0 &&
    Number(slippage) === 0 &&
    [feePerOrder, feePerUnit, minFee, spread, impact].every((cost) => cost === null)
  );
}

function ofVolume(
  limit: Fixed | null,
  { volumeLimited, markets }: SimulationResult,
  files: readonly FeedFile[],
): Warning[] {
  // What can be taken of quotes and books is what they show.
  const offered = new Set(files.filter(isOfOffers).flatMap(({ instruments }) => instruments));
  const traded = markets.filter(({ instrument }) => !offered.has(instrument));
  if (traded.length === 0) return [];
  const unknown = traded.filter(({ instrument }) => instrument.volumeUnit !== "base");
  if (limit === null || unknown.length > 0) {
    const why = limit === null ? "" : " (what the volume counts is not known; --volume-unit base says it)";
    const message = `Fills are not limited by the volume of a bar${why}: an order that is large for its market would fill worse.`;
    return [{ code: "volume-limit-off", message }];
  }
  if (volumeLimited === 0) return [];
  const message = `Orders found too little volume ${plural(volumeLimited, "time")}: they may take ${formatPercent(limit)} of a bar's (--volume-limit).`;
  return [{ code: "volume-limited", message }];
}

function isOfOffers({ kind }: FeedFile): boolean {
  return kind === "quote" || kind === "book";
}

function formatPercent({ units, scale }: Fixed): string {
  return `${formatFixed({ units: units * 100n, scale })} %`;
}

function ofFile(file: FeedFile, { feeds }: FinishedRun): Warning[] {
  const warnings: Warning[] = [...file.warnings, ...ofRows(file, feeds.shownBars.label)];
  const { skippedRows } = file.summary();
  if (skippedRows > 0) {
    const message = `${file.path}: ${plural(skippedRows, "bad row")} left out (--bad-rows skip).`;
    warnings.push({ code: "skipped-rows", message });
  }
  const holes = holesOf(file);
  if (holes !== null) warnings.push({ code: "gaps", message: `${file.path}: ${holes}` });
  return warnings;
}

const rowsFilledOn = {
  tick: "the ticks",
  quote: "the quotes, at what they show: no slippage is added",
  book: "the book, at what it shows: no slippage is added",
} as const;

/** What strategies that listen to bars get where the data has none, and what orders fill on. */
function ofRows(file: FeedFile, bars: string): Warning[] {
  if (file.kind === "bar") return [];
  const fills = rowsFilledOn[file.kind];
  const made = file.kind === "tick" ? "ticks" : sourceOf(file);
  const [code, from] =
    made === "mids"
      ? ["bars-from-mids", "mids of bid and ask, without volume"]
      : ["bars-from-ticks", `${made}`];
  const message = `${file.path}: bars of ${bars} were built from the ${from} (--timeframe changes that); orders fill on ${fills}.`;
  if (file.kind !== "quote" || file.hasVolume) return [{ code, message }];
  const endless = `${file.path}: the quotes name no sizes: they were taken to hold whatever was ordered.`;
  return [
    { code, message },
    { code: "quotes-without-sizes", message: endless },
  ];
}

function ofDetail({ feeds: { detail } }: FinishedRun): Warning[] {
  if (detail === null) return [];
  const { file, report } = detail;
  const { bars, withoutDetail, disagreeing, firstDisagreement, rowsOutside } = report;
  const warnings: Warning[] = [...file.warnings];
  const warn = (code: string, what: string) => warnings.push({ code, message: `${file.path}: ${what}` });
  if (withoutDetail > 0) {
    warn(
      "without-detail",
      `nothing within ${withoutDetail} of ${plural(bars, "bar")}: orders filled on those as they are.`,
    );
  }
  if (firstDisagreement !== null) {
    const { openTime, what } = firstDisagreement;
    warn(
      "detail-disagrees",
      `${plural(disagreeing, "bar")} not made by it, first that of ${isoTime(openTime)} (${what}); orders filled on the detail.`,
    );
  }
  if (rowsOutside > 0) warn("detail-outside", `${plural(rowsOutside, "row")} between the bars left out.`);
  if (file.kind === "quote" && !file.hasVolume) {
    warn("quotes-without-sizes", "the quotes name no sizes: they were taken to hold whatever was ordered.");
  }
  return warnings;
}

/**
 * Holes worth a word: in a market that trades round the clock (most bars that fit into its span are there) every
 * missing bar; in one that rests, only what is longer than a rest.
 */
function holesOf(file: FeedFile): string | null {
  const { gaps, from, to, rows } = file.summary();
  const bar = file.timeframe?.ms;
  if (gaps === null || gaps.count === 0 || bar === undefined || from === null || to === null) return null;
  const after = gaps.longestAfter === null ? "" : `, after ${isoTime(gaps.longestAfter)}`;
  const longest = `${duration(gaps.longestMs - bar)}${after}`;
  const roundTheClock = (rows / file.symbols.length) * bar > (to - from) * 0.9;
  if (roundTheClock) return `bars are missing in ${plural(gaps.count, "place")}, the longest for ${longest}.`;
  return gaps.longestMs > longestRest + bar ? `no bars for ${longest}: longer than a market rests.` : null;
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function duration(ms: number): string {
  const units = [
    ["day", dayMs],
    ["hour", 3_600_000],
    ["minute", 60_000],
  ] as const;
  for (const [unit, length] of units) if (ms >= length) return plural(Math.round(ms / length), unit);
  return plural(Math.round(ms / 1000), "second");
}
