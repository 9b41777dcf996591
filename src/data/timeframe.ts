import { ValidationError } from "../domain/errors.ts";
import { dayMs, type Timeframe, timeframeOf } from "../domain/time.ts";
import { type CsvLayout, role } from "./csvLayout.ts";
import { symbolOrNone } from "./symbolTable.ts";
import { parseTimeCell } from "./timeCell.ts";

export interface InferredTimeframe {
  readonly timeframe: Timeframe;
  /** Shortest step of the sample in ms; null when it has none, and the timeframe is a guess. */
  readonly shortestStep: number | null;
}

/**
 * The most common positive step between neighbouring bars of a symbol; of equally common ones the longest, since a
 * bar must not be known before its end. One day when there is no step at all.
 * @throws ValidationError GEO-DATA-VALUE when symbols of one file have different steps
 */
export function inferTimeframe(
  layout: CsvLayout,
  sample: readonly (readonly string[])[],
  wanted: ReadonlySet<string>,
  refuseMixed: boolean,
): InferredTimeframe {
  const steps = new Map<string, Map<number, number>>();
  const last = new Map<string, number>();
  const [timeAt, clockAt, symbolAt] = [role.time, role.clock, role.symbol].map((use) =>
    layout.roles.indexOf(use),
  ) as [number, number, number];
  for (const cells of sample) {
    const symbol = symbolAt < 0 ? "" : (symbolOrNone((cells[symbolAt] ?? "").trim()) ?? "");
    const date = (cells[timeAt] ?? "").trim();
    const text = clockAt < 0 ? date : `${date} ${(cells[clockAt] ?? "").trim()}`;
    const time = parseTimeCell(text, layout.timeFormat);
    if (time === undefined || (symbolAt >= 0 && !wanted.has(symbol))) continue;
    const step = Math.round(time - (last.get(symbol) ?? time));
    last.set(symbol, time);
    if (step <= 0) continue;
    const counts = steps.get(symbol) ?? new Map<number, number>();
    steps.set(symbol, counts.set(step, (counts.get(step) ?? 0) + 1));
  }
  const bySymbol = new Map([...steps].map(([symbol, counts]) => [symbol, mostCommon(counts)]));
  if (refuseMixed) refuseMixedSteps(layout, bySymbol);
  const all = [...steps.values()].flatMap((counts) => [...counts.keys()]);
  const shortestStep = all.length === 0 ? null : Math.min(...all);
  return { timeframe: timeframeOf([...bySymbol.values()][0] ?? dayMs), shortestStep };
}

function mostCommon(counts: ReadonlyMap<number, number>): number {
  return [...counts].reduce((best, entry) =>
    entry[1] > best[1] || (entry[1] === best[1] && entry[0] > best[0]) ? entry : best,
  )[0];
}

/** Taking the shorter step for all would show the longer bars before their end. */
function refuseMixedSteps(layout: CsvLayout, bySymbol: ReadonlyMap<string, number>): void {
  const [first, ...others] = [...bySymbol].map(([symbol, ms]) => ({ symbol, label: timeframeOf(ms).label }));
  const other = others.find((entry) => entry.label !== first!.label);
  if (first === undefined || other === undefined) return;
  throw new ValidationError(
    "GEO-DATA-VALUE",
    `${layout.path}: expected bars of one length, found ${first.label} for ${first.symbol} and ${other.label} for ${other.symbol}`,
    { hint: "Keep one length in a file, or name the longest with --timeframe." },
  );
}
