import { sliceChunk } from "../../data/sliceChunk.ts";
import { fixedAt } from "../../domain/columns.ts";
import { ValidationError } from "../../domain/errors.ts";
import { formatFixed } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { instrumentAt, type MarketChunk } from "../../domain/market.ts";
import type { MarketStream } from "../../domain/ports.ts";
import { isoTime, type Millis } from "../../domain/time.ts";
import type { BarComparison, DriftExample } from "../../report/driftDocument.ts";
import { openFeeds } from "../feeds.ts";
import { withInstruments } from "../session/intake.ts";
import type { SessionSettings } from "../session/plan.ts";

export interface OfficialOptions {
  readonly files: readonly string[];
  readonly settings: SessionSettings;
  readonly instruments: readonly Instrument[];
  /** Of the session's market events, both inclusive. */
  readonly from: Millis;
  readonly to: Millis;
}

/**
 * Files in place of what the session was given, over the same period.
 * @throws ValidationError GEO-USAGE for a symbol that is not the session's; GEO-FILE, GEO-DATA-…
 */
export async function openOfficial(options: OfficialOptions): Promise<readonly MarketStream[]> {
  const { files, settings, instruments, from, to } = options;
  // A file of one symbol may have any name.
  const symbol = instruments.length === 1 ? instruments[0]!.symbol : undefined;
  const feeds = await openFeeds({ ...settings, symbol, files, from: undefined, to: undefined }, 0, []);
  const traded = instruments.map((one) => one.symbol);
  const found = feeds.files.flatMap(({ symbols }) => symbols);
  const foreign = found.find((one) => !traded.includes(one));
  const lacking = traded.find((one) => !found.includes(one));
  if (foreign !== undefined || lacking !== undefined) {
    throw new ValidationError(
      "GEO-USAGE",
      `--data: expected data of ${traded.join(", ")}, found ${found.join(", ")}`,
      { hint: "Give one file a symbol that the session trades." },
    );
  }
  return feeds.streams().map((stream) => withInstruments(within(stream, from, to), instruments));
}

/** Rows that were known between two moments, inclusive. */
function within(stream: MarketStream, from: Millis, to: Millis): MarketStream {
  return {
    async *events() {
      for await (const chunk of stream.events()) {
        const { times, length } = chunk;
        let [first, end] = [0, length];
        while (first < length && times[first]! < from) first++;
        while (end > first && times[end - 1]! > to) end--;
        if (end > first) yield sliceChunk(chunk, first, end);
      }
    },
  };
}

export interface ComparedBars extends BarComparison {
  readonly examples: readonly DriftExample[];
}

/** Sets the session's bars beside the official ones. */
export async function compareBars(
  session: MarketStream,
  official: readonly MarketStream[],
  mostExamples: number,
): Promise<ComparedBars> {
  const ours = await barsOf([session]);
  const theirs = await barsOf(official);
  const counts = { compared: 0, differing: 0, missing: 0, extra: 0 };
  const examples: { readonly by: number; readonly example: DriftExample }[] = [];
  const note = (key: string, by: number, what: string) => {
    const [symbol, time] = JSON.parse(key) as [string, number];
    examples.push({ by, example: { time: isoTime(time), symbol, order: null, amount: null, what } });
  };
  for (const [key, bar] of theirs) {
    const own = ours.get(key);
    counts.compared++;
    if (own === undefined) {
      counts.missing++;
      note(key, Number.POSITIVE_INFINITY, `the session has no bar; close ${bar[3]}`);
      continue;
    }
    const names = columnNames.filter((_, i) => own[i] !== bar[i]);
    if (names.length === 0) continue;
    counts.differing++;
    const what = names.map((name) => {
      const i = columnNames.indexOf(name);
      return `${name} ${own[i]} instead of ${bar[i]}`;
    });
    note(key, Math.abs(Number(own[3]) / Number(bar[3]) - 1), what.join(", "));
  }
  for (const [key, bar] of ours) {
    if (theirs.has(key)) continue;
    counts.compared++;
    counts.extra++;
    note(key, Number.POSITIVE_INFINITY, `a bar that is not official; close ${bar[3]}`);
  }
  const largest = examples.sort((a, b) => (a.by === b.by ? 0 : b.by - a.by)).slice(0, mostExamples);
  return { ...counts, examples: largest.map(({ example }) => example) };
}

const columnNames = ["open", "high", "low", "close", "volume"] as const;

/** By symbol and openTime: exact texts in the order of `columnNames`. */
async function barsOf(streams: readonly MarketStream[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const bars = new Map<string, readonly string[]>();
  for (const stream of streams) {
    for await (const chunk of stream.events()) {
      if (chunk.kind === "bar" && chunk.hidden !== true) collect(chunk, bars);
    }
  }
  return bars;
}

function collect(chunk: Extract<MarketChunk, { kind: "bar" }>, bars: Map<string, readonly string[]>): void {
  for (let row = 0; row < chunk.length; row++) {
    const key = JSON.stringify([instrumentAt(chunk, row).symbol, chunk.openTimes[row]]);
    bars.set(
      key,
      columnNames.map((name) => formatFixed(fixedAt(chunk[name], row))),
    );
  }
}
