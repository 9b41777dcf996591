/** Names of market streams, as Binance has them. */
export type StreamName =
  | {
      readonly kind: "trade" | "aggTrade" | "bookTicker" | "ticker" | "miniTicker" | "avgPrice";
      readonly symbol: string;
    }
  | { readonly kind: "kline"; readonly symbol: string; readonly interval: string }
  | { readonly kind: "depth"; readonly symbol: string; readonly everyMs: 100 | 1000 }
  | {
      readonly kind: "partialDepth";
      readonly symbol: string;
      readonly levels: number;
      readonly everyMs: 100 | 1000;
    }
  | { readonly kind: "allMiniTickers" | "allTickers" };

const shape =
  /^([a-z0-9]{1,20})@(?:(trade|aggTrade|bookTicker|ticker|miniTicker|avgPrice)|kline_(\d{1,2}[smhdwM])|depth(5|10|20)?(?:@(100|1000)ms)?)$/;

/** Null for what is no stream of this venue; Binance takes such names and never sends anything. */
export function parseStream(name: string): StreamName | null {
  if (name === "!miniTicker@arr") return { kind: "allMiniTickers" };
  if (name === "!ticker@arr") return { kind: "allTickers" };
  const match = shape.exec(name);
  if (match === null) return null;
  const [, lower, plain, interval, levels, every] = match;
  const symbol = lower!.toUpperCase();
  if (plain !== undefined) return { kind: plain as "trade", symbol };
  if (interval !== undefined) return { kind: "kline", symbol, interval };
  const everyMs = every === "100" ? 100 : 1000;
  if (levels === undefined) return { kind: "depth", symbol, everyMs };
  return { kind: "partialDepth", symbol, levels: Number(levels), everyMs };
}
