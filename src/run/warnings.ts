import { isoTime } from "../domain/time.ts";
import type { Warning } from "../report/document.ts";
import type { FinishedRun } from "./outcome.ts";

/** Fewer closed trades than this say little about a strategy. */
const fewTrades = 30;

/** What a reader must know before believing the numbers, in plain words. */
export function warningsOf(finished: FinishedRun, trades: number): readonly Warning[] {
  return [...ofData(finished), ...ofTrading(finished, trades), ...finished.strategy.notes.map(note)];
}

function ofTrading({ result, settings }: FinishedRun, trades: number): Warning[] {
  const warnings: Warning[] = [];
  const { recorder, ambiguousBars, clipped, reasons } = result;
  const requests = [...reasons.values()].reduce((sum, count) => sum + count, 0);
  if (requests === 0) warnings.push({ code: "no-orders", message: "The strategy placed no order." });
  else if (trades < fewTrades) {
    warnings.push({
      code: "few-trades",
      message: `${plural(trades, "closed trade")}: too few to tell skill from luck.`,
    });
  }
  const open = result.markets.filter(({ holding }) => !holding.isFlat);
  for (const { holding } of open) {
    const gain = holding.unrealised >= 0 ? "gain" : "loss";
    warnings.push({
      code: "open-position",
      message: `${holding.instrument.symbol} is still held at the end: its unrealised ${gain} counts in equity, not as a trade (--at-end close sells it).`,
    });
  }
  if (ambiguousBars > 0) {
    warnings.push({
      code: "ambiguous-bars",
      message: `${plural(ambiguousBars, "bar")} reached stop and target both; which came first is unknown, the stop was taken.`,
    });
  }
  if (clipped > 0) {
    warnings.push({
      code: "clipped",
      message: `${plural(clipped, "order")} filled smaller than asked: collar, cash or holding set the limit.`,
    });
  }
  if (recorder.ruined) {
    warnings.push({
      code: "ruined",
      message:
        "Equity fell to zero or below: a real account would have been closed; the figures after that mean nothing.",
    });
  }
  if (settings.takerFee.units === 0n && settings.slippage.units === 0n) {
    warnings.push({ code: "no-costs", message: "Fees and slippage are 0: live trading costs more." });
  }
  return warnings;
}

function ofData({ files }: FinishedRun): Warning[] {
  const warnings: Warning[] = [];
  for (const file of files) {
    const { gaps, skippedRows } = file.summary();
    warnings.push(...file.warnings);
    if (skippedRows > 0) {
      warnings.push({
        code: "skipped-rows",
        message: `${file.path}: ${plural(skippedRows, "bad row")} left out (--bad-rows skip).`,
      });
    }
    // Days without trading are a calendar, not a hole.
    if (gaps !== null && gaps.count > 0 && gaps.longestMs > 5 * 86_400_000 + (file.timeframe?.ms ?? 0)) {
      warnings.push({
        code: "gaps",
        message: gapText(file.path, gaps.count, gaps.longestMs, gaps.longestAfter),
      });
    } else if (gaps !== null && gaps.count > 0 && (file.timeframe?.ms ?? 0) < 86_400_000) {
      warnings.push({
        code: "gaps",
        message: gapText(file.path, gaps.count, gaps.longestMs, gaps.longestAfter),
      });
    }
    if (file.kind === "bar" && file.instruments.some(({ volumeUnit }) => volumeUnit !== "base")) {
      warnings.push({
        code: "volume-unit",
        message: "The unit of volume is not known to be the base quantity: it does not limit fills.",
      });
    }
  }
  return unique(warnings);
}

function gapText(path: string, count: number, longestMs: number, after: number | null): string {
  const where = after === null ? "" : `, after ${isoTime(after)}`;
  return `${path}: bars are missing in ${plural(count, "place")}, the longest for ${duration(longestMs)}${where}.`;
}

function note(message: string): Warning {
  return { code: "strategy", message };
}

function unique(warnings: readonly Warning[]): Warning[] {
  return [...new Map(warnings.map((warning) => [`${warning.code} ${warning.message}`, warning])).values()];
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

function duration(ms: number): string {
  for (const [unit, length] of [
    ["days", 86_400_000],
    ["hours", 3_600_000],
    ["minutes", 60_000],
  ] as const) {
    if (ms >= length * 2) return `${Math.round(ms / length)} ${unit}`;
  }
  return `${Math.round(ms / 1000)} seconds`;
}
