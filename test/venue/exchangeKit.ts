import { type Fixed, formatFixed, parseFixed } from "../../src/domain/fixed.ts";
import type { AccountNews, MarketNews, NewOrder, SymbolRules } from "../../src/venue/contract.ts";
import { createExchange, type LocalExchange } from "../../src/venue/exchange.ts";
import type { AccountOptions } from "../../src/venue/exchangeOptions.ts";
import type { PriceRow } from "../../src/venue/priceSource.ts";
import type { SavedExchange } from "../../src/venue/savedState.ts";
import { knownMarkets } from "../../src/venue/symbolRules.ts";

export const noon = Date.UTC(2026, 0, 5, 12);
export const me = "me";

export interface Scripted {
  readonly exchange: LocalExchange;
  /** Everything that me was told. */
  readonly told: AccountNews[];
  readonly news: MarketNews[];
  /** The next of the market's prices, a second later. */
  step(count?: number): void;
  /** The machine's clock alone. */
  wait(ms: number): void;
  now(): number;
}

export interface ScriptOptions {
  /** A price a second from noon on; "-100" was sold into, others are as the price moved. */
  readonly prices: readonly string[];
  readonly rules?: Partial<SymbolRules>;
  readonly account?: AccountOptions;
  readonly saved?: SavedExchange;
  readonly from?: number;
}

/** An exchange of BTCUSDT alone, whose price follows a script. */
export function scripted(options: ScriptOptions): Scripted {
  let now = options.from ?? noon;
  const rows = options.prices.map((text, n): PriceRow => {
    const side = text.startsWith("-") ? { side: "SELL" as const } : {};
    return {
      time: noon + n * 1000,
      price: parseFixed(text.replace("-", "")),
      volume: parseFixed("0.5"),
      ...side,
    };
  });
  const rules = { ...knownMarkets.get("BTCUSDT")!.rules, ...options.rules };
  const exchange = createExchange(
    {
      clock: () => now,
      markets: [{ rules, prices: { kind: "rows", rows, at: noon } }],
      accounts: { [me]: options.account ?? { balances: { USDT: "100000", BTC: "10" } } },
    },
    options.saved,
  );
  const told: AccountNews[] = [];
  const news: MarketNews[] = [];
  exchange.onAccount(me, (one) => told.push(one));
  exchange.onMarket((one) => news.push(one));
  return {
    exchange,
    told,
    news,
    step: (count = 1) => {
      now += 1000 * count;
      exchange.advance();
    },
    wait: (ms) => {
      now += ms;
      exchange.advance();
    },
    now: () => now,
  };
}

/** A request in words: "BUY LIMIT 0.5 @ 100 stop 90 FOK id abc", "SELL MARKET for 100". */
export function order(text: string, symbol = "BTCUSDT"): NewOrder {
  const [side, type, ...words] = text.split(" ");
  const after = (word: string): string | null => {
    const at = words.indexOf(word);
    return at < 0 ? null : words[at + 1]!;
  };
  const number = (digits: string | null): Fixed | null => (digits === null ? null : parseFixed(digits));
  const limited = type === "LIMIT" || type!.endsWith("_LIMIT");
  const inForce = words.find((word) => word === "IOC" || word === "FOK" || word === "GTC");
  return {
    symbol,
    side: side as NewOrder["side"],
    type: type as NewOrder["type"],
    timeInForce: (inForce ?? (limited && !words.includes("none") ? "GTC" : null)) as NewOrder["timeInForce"],
    quantity: words[0] !== undefined && /^-?\d/.test(words[0]) ? parseFixed(words[0]) : null,
    quoteOrderQty: number(after("for")),
    price: number(after("@")),
    stopPrice: number(after("stop")),
    newClientOrderId: after("id"),
    test: words.includes("test"),
  };
}

/** Amounts as texts, all the way down. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  if ("units" in value) return formatFixed(value as Fixed);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

/** "BTC 1.5 free 0.5 locked" of each asset, 0 locked left out. */
export function money(exchange: LocalExchange, account = me): string {
  return exchange
    .balances(account)
    .map(({ asset, free, locked }) => {
      const text = `${asset} ${formatFixed(free)}`;
      return locked.units === 0n ? text : `${text} (${formatFixed(locked)} locked)`;
    })
    .join(", ");
}

/** What me was told of orders: "NEW a", "TRADE a 0.5 @ 100 maker", in order. */
export function story(told: readonly AccountNews[]): readonly string[] {
  return told.flatMap((news) => {
    if (news.kind === "listStatus") return [`list ${news.list.listOrderStatus}`];
    if (news.kind !== "executionReport") return [];
    const { executionType, order: state, fill } = news;
    const head = `${executionType} ${state.clientOrderId}`;
    if (fill === null) return [executionType === state.status ? head : `${head} ${state.status}`];
    const rank = fill.isMaker ? "maker" : "taker";
    return [`${head} ${formatFixed(fill.qty)} @ ${formatFixed(fill.price)} ${rank}`];
  });
}
