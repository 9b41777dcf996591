import { resolve } from "node:path";
import { badValue, readPositive, readSymbol, readTime } from "../config/values.ts";
import { type FeedFile, openFeed } from "../data/feedFile.ts";
import { fixedAt } from "../domain/columns.ts";
import { ValidationError } from "../domain/errors.ts";
import { type Fixed, parseFixed } from "../domain/fixed.ts";
import type { BarChunk, MarketChunk, TickChunk } from "../domain/market.ts";
import type { MarketOptions, RowOptions } from "../venue/exchangeOptions.ts";
import type { PriceBar, PriceRow } from "../venue/priceSource.ts";
import type { WalkOptions } from "../venue/randomWalk.ts";
import { knownMarkets, rulesForPrices } from "../venue/symbolRules.ts";
import type { VenueFlags } from "./venue.ts";

/** The markets that the flags name; called again for those of a venue that begins anew. */
export type Markets = () => readonly MarketOptions[];

/** @throws GeoSyncError for flags that contradict each other, and for files that are no bars or trades */
export async function marketsOf(flags: VenueFlags, cwd: string): Promise<Markets> {
  const walk = walkOf(flags);
  const files = await Promise.all((flags.data ?? []).map((path) => openFeed(resolve(cwd, path))));
  const read = await Promise.all(files.map(readRows));
  const play: Omit<RowOptions, "rows"> = {
    speed: Number(readPositive(flags.speed, "--speed")),
    ...(flags.from === undefined ? {} : { from: readTime(flags.from, "--from") }),
  };
  const symbols = flags.symbol ?? (files.length === 0 ? [...knownMarkets.keys()] : []);
  const walks = symbols.map((text) => walkMarket(text, walk));
  return () => [
    ...read.map(({ symbol, prices, rows }): MarketOptions => {
      const rules = rulesForPrices(symbol, prices);
      return { rules, prices: { kind: "rows", rows: rows(), ...play } };
    }),
    ...walks,
  ];
}

function walkOf({ walk, tradeRate }: VenueFlags): WalkOptions {
  const volatility = walk === undefined ? undefined : volatilityOf(walk);
  const tradesPerSecond =
    tradeRate === undefined ? undefined : Number(readPositive(tradeRate, "--trade-rate"));
  return {
    ...(volatility === undefined ? {} : { volatility }),
    ...(tradesPerSecond === undefined ? {} : { tradesPerSecond }),
  };
}

function volatilityOf(text: string): number {
  const match = /^(\d{1,4}(?:\.\d{1,4})?)(%?)$/.exec(text.trim());
  if (match === null) throw badValue("--walk", "a yearly volatility such as 60% or 0.6", text);
  return Number(match[1]) / (match[2] === "%" ? 100 : 1);
}

/** BTCUSDT, or BTCUSDT=60000. */
function walkMarket(text: string, walk: WalkOptions): MarketOptions {
  const [name, start] = text.split("=") as [string, string?];
  const symbol = readSymbol(name, "--symbol")
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "");
  const known = knownMarkets.get(symbol);
  if (known === undefined && start === undefined) {
    throw badValue(
      "--symbol",
      "a price to start from for a market that is not among the usual ones",
      text,
      `For example: --symbol ${symbol}=100.`,
    );
  }
  const price = start === undefined ? known!.price : parseFixed(readPositive(start, "--symbol"));
  return { rules: known?.rules ?? rulesForPrices(symbol, [price]), prices: { kind: "walk", price, ...walk } };
}

interface Read {
  readonly symbol: string;
  /** The first ones: enough to see their decimals. */
  readonly prices: readonly Fixed[];
  readonly rows: () => Iterable<PriceRow | PriceBar>;
}

const sampled = 1000;

/** The whole file stays in memory, as columns; its rows are made as they are played. */
async function readRows(file: FeedFile): Promise<Read> {
  const chunks: (BarChunk | TickChunk)[] = [];
  for await (const chunk of file.events()) chunks.push(traded(chunk, file.path));
  const [symbol, ...others] = file.symbols;
  if (symbol === undefined || others.length > 0) {
    throw new ValidationError(
      "GEO-USAGE",
      `${file.path}: expected one symbol, found ${file.symbols.length}`,
      {
        hint: "Give each symbol a file of its own.",
      },
    );
  }
  const first = chunks[0]!;
  const column = first.kind === "bar" ? first.close : first.price;
  const prices = Array.from({ length: Math.min(sampled, first.length) }, (_, row) => fixedAt(column, row));
  return { symbol, prices, rows: () => rowsOf(chunks, file.hasVolume) };
}

function traded(chunk: MarketChunk, path: string): BarChunk | TickChunk {
  if (chunk.kind === "bar" || chunk.kind === "tick") return chunk;
  throw new ValidationError("GEO-USAGE", `${path}: expected bars or trades, found quotes or a book`, {
    hint: "The venue makes its own book around the prices of bars and trades.",
  });
}

function* rowsOf(
  chunks: readonly (BarChunk | TickChunk)[],
  hasVolume: boolean,
): Generator<PriceRow | PriceBar> {
  for (const chunk of chunks) {
    for (let row = 0; row < chunk.length; row++) {
      yield chunk.kind === "bar" ? barAt(chunk, row, hasVolume) : tradeAt(chunk, row, hasVolume);
    }
  }
}

function barAt(chunk: BarChunk, row: number, hasVolume: boolean): PriceBar {
  return {
    openTime: chunk.openTimes[row]!,
    closeTime: chunk.times[row]!,
    open: fixedAt(chunk.open, row),
    high: fixedAt(chunk.high, row),
    low: fixedAt(chunk.low, row),
    close: fixedAt(chunk.close, row),
    volume: hasVolume ? fixedAt(chunk.volume, row) : null,
  };
}

function tradeAt(chunk: TickChunk, row: number, hasVolume: boolean): PriceRow {
  const side = chunk.sides?.[row] ?? 0;
  return {
    time: chunk.times[row]!,
    price: fixedAt(chunk.price, row),
    volume: hasVolume ? fixedAt(chunk.volume, row) : null,
    ...(side === 0 ? {} : { side: side > 0 ? "BUY" : "SELL" }),
  };
}
