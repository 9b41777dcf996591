import { type CsvHead, readHead } from "./csvHead.ts";
import { Header } from "./csvHeader.ts";

export type FeedFormat =
  | "binance-capture"
  | "tardis-book-updates"
  | "tardis-book-snapshots"
  | "quotes"
  | "bars or trades";

/** A file's head, and what it says the file is. */
export interface FeedHead extends CsvHead {
  readonly format: FeedFormat;
  /** Cells of the first line, for the formats that begin with a header. */
  readonly names: readonly string[];
  /** The symbol that the first lines name, as they spell it; null when they don't. */
  readonly symbol: string | null;
}

/**
 * Tells the kind of a file of market data by its first lines, packed or not.
 * @throws ValidationError GEO-FILE, GEO-DATA-EMPTY, GEO-DATA-HEADER
 */
export async function readFeedHead(path: string): Promise<FeedHead> {
  const head = await readHead(path);
  const names = head.lines[0]!.split(",").map((name) => name.trim());
  const format = formatOf(path, head.lines, names);
  return { ...head, names, format, symbol: symbolIn(format, head.lines, names) };
}

function formatOf(path: string, lines: readonly string[], names: readonly string[]): FeedFormat {
  if (/^\d{9,19} \{/.test(lines[0]!)) return "binance-capture";
  if (["is_snapshot", "side", "price", "amount"].every((name) => names.includes(name))) {
    return "tardis-book-updates";
  }
  if (names.includes("asks[0].price") && names.includes("bids[0].price")) return "tardis-book-snapshots";
  // Remarks above the header and other delimiters are for the CSV reader; here the names only have to be seen.
  const header = new Header(path, lines.find((line) => /bid/i.test(line))?.split(/[,;\t|]/) ?? []);
  const has = (kind: "bid" | "ask" | "open" | "price" | "close") => header.find(kind) !== undefined;
  const quotes = has("bid") && has("ask") && !has("open") && !has("price") && !has("close");
  return quotes ? "quotes" : "bars or trades";
}

function symbolIn(format: FeedFormat, lines: readonly string[], names: readonly string[]): string | null {
  if (format === "binance-capture") {
    for (const line of lines) {
      const symbol = /"s":"([^"]+)"/.exec(line)?.[1];
      if (symbol !== undefined) return symbol;
    }
    return null;
  }
  return lines[1]?.split(",")[names.indexOf("symbol")] ?? null;
}
