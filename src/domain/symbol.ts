import { ValidationError } from "./errors.ts";

/**
 * Currencies that end a symbol written without a separator, longest first: BTCBUSD is BTC/BUSD, never BTCB/USD.
 * Names of three letters also end many share tickers (ABNB, GBTC); they count only behind a base of two or more. And
 * BNBUSD, DOTUSD are prices in dollars of coins that end in B or T: BUSD and TUSD count behind a base of three or more.
 */
const quotes = [
  "FDUSD",
  "USDT",
  "USDC",
  "BUSD",
  "TUSD",
  "USDP",
  "USD",
  "EUR",
  "GBP",
  "JPY",
  "AUD",
  "CAD",
  "CHF",
  "NZD",
  "TRY",
  "BRL",
  "DAI",
  "BTC",
  "ETH",
  "BNB",
] as const;

const contract = /^(.+?)[-_/]?(PERP|PERPETUAL|SWAP)$/;

/**
 * One spelling a symbol: `btcusdt`, `BTC-USDT`, `BTC_USDT` and `BTC/USDT` are BTC/USDT; a share ticker stays as it is;
 * a perpetual is no spot market and becomes BTC/USDT:USDT.
 * @throws ValidationError GEO-VALUE for empty text, blanks within or characters that no venue uses.
 */
export function normalizeSymbol(text: string): string {
  const symbol = text.trim().toUpperCase();
  if (!/^[A-Z0-9^.][A-Z0-9^.&:=/_-]{0,39}$/.test(symbol)) {
    throw new ValidationError(
      "GEO-VALUE",
      `symbol: expected a name such as BTCUSDT, BTC/USDT or AAPL, found "${text}"`,
    );
  }
  if (symbol.includes(":") || symbol.includes("=")) return symbol;
  const perpetual = contract.exec(symbol);
  if (perpetual !== null) {
    const pair = splitPair(perpetual[1]!);
    return pair === undefined ? symbol : `${pair.base}/${pair.quote}:${pair.quote}`;
  }
  const pair = splitPair(symbol);
  return pair === undefined ? symbol : `${pair.base}/${pair.quote}`;
}

/** BINANCE for " binance ". */
export function normalizeVenue(text: string): string {
  const venue = text.trim().toUpperCase();
  if (!/^[A-Z0-9][A-Z0-9._-]{0,39}$/.test(venue)) {
    throw new ValidationError("GEO-VALUE", `venue: expected a name such as BINANCE, found "${text}"`);
  }
  return venue;
}

/** Base, quote and settlement currency; what names no quote (a share, an index) is taken to trade in USD. */
export function currenciesOf(symbol: string): { base: string; quote: string; settle: string } {
  const [pair, settle] = symbol.split(":") as [string, string | undefined];
  const slash = pair.indexOf("/");
  if (slash < 0) return { base: symbol, quote: "USD", settle: "USD" };
  const quote = pair.slice(slash + 1);
  return { base: pair.slice(0, slash), quote, settle: settle ?? quote };
}

function splitPair(symbol: string): { base: string; quote: string } | undefined {
  const parts = symbol.split(/[/_-]/);
  if (parts.length === 2) {
    const [base, quote] = parts as [string, string];
    const named = symbol.includes("/") || (quotes as readonly string[]).includes(quote);
    return named && base !== "" && quote !== "" ? { base, quote } : undefined;
  }
  if (parts.length > 2) return undefined;
  for (const quote of quotes) {
    const base = symbol.slice(0, -quote.length);
    if (symbol.endsWith(quote) && base.length >= shortestBase(quote)) return { base, quote };
  }
  return undefined;
}

function shortestBase(quote: string): number {
  if (quote === "BUSD" || quote === "TUSD") return 3;
  return quote.length > 3 ? 1 : 2;
}
