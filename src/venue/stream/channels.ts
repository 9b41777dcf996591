import { dayMs, intervalOf, type Millis, parseTimeframe, type Timeframe } from "../../domain/time.ts";
import type { Exchange, MarketNews, PublicTrade } from "../contract.ts";
import { levelsJson } from "../http/marketJson.ts";
import { money } from "../http/money.ts";
import { recent } from "../http/tickerOperations.ts";
import { miniTickerEvent, tickerEvent } from "../http/tickers.ts";
import { BookDiffs } from "./bookDiffs.ts";
import type { StreamName } from "./names.ts";
import { aggTradeEvent, bookTickerEvent, klineEvent, tradeEvent } from "./payloads.ts";

/** Makes the events of one stream while someone listens to it. */
export interface Channel {
  /** What happened in the market of its symbol. */
  onNews?(news: MarketNews, send: (event: string) => void): void;
  /** Every `everyMs` ms. */
  onBeat?(send: (event: string) => void): void;
  readonly everyMs?: 100 | 1000;
}

export function channelOf(name: StreamName, exchange: Exchange): Channel {
  switch (name.kind) {
    case "trade":
      return { onNews: (news, send) => news.kind === "trade" && send(tradeEvent(news.trade)) };
    case "bookTicker":
      return { onNews: (news, send) => news.kind === "bookTicker" && send(bookTickerEvent(news)) };
    case "aggTrade":
      return aggTrades(exchange, name.symbol);
    case "kline":
      return klines(exchange, name.symbol, name.interval);
    case "depth":
      return diffs(name.symbol, name.everyMs);
    case "partialDepth":
      return partialDepth(exchange, name.symbol, name.levels, name.everyMs);
    case "ticker":
      return everySecond(() => tickerEvent(exchange, recent(exchange, name.symbol, dayMs)));
    case "miniTicker":
      return everySecond(() => miniTickerEvent(recent(exchange, name.symbol, dayMs)));
    case "avgPrice":
      return everySecond(() => averageEvent(exchange, name.symbol));
    case "allTickers":
      return everySecond(() =>
        all(exchange, (symbol) => tickerEvent(exchange, recent(exchange, symbol, dayMs))),
      );
    case "allMiniTickers":
      return everySecond(() => all(exchange, (symbol) => miniTickerEvent(recent(exchange, symbol, dayMs))));
  }
}

/** The exchange adds up what trades at one price within a millisecond: it is told once that has passed. */
function aggTrades(exchange: Exchange, symbol: string): Channel {
  let next = (exchange.aggTrades(symbol, { limit: 1 }).at(-1)?.id ?? -1) + 1;
  let pending = false;
  const tell = (send: (event: string) => void) => {
    if (!pending) return;
    pending = false;
    for (const trade of exchange.aggTrades(symbol, { fromId: next, limit: 1000 })) {
      pending = trade.time >= exchange.time();
      if (pending) return;
      next = trade.id + 1;
      send(aggTradeEvent(trade));
    }
  };
  return {
    everyMs: 100,
    onNews(news, send) {
      if (news.kind !== "trade") return;
      tell(send);
      pending = true;
    },
    onBeat: tell,
  };
}

type KlineNews = Extract<MarketNews, { kind: "kline" }>;

/** Closed ones at once, the forming one each second. */
function klines(exchange: Exchange, symbol: string, interval: string): Channel {
  exchange.watchKlines(symbol, interval);
  const ids = new TradeIds(exchange, symbol, interval);
  let forming: KlineNews | null = null;
  const event = (news: KlineNews) => klineEvent(news, ...ids.of(news.kline.openTime));
  return {
    everyMs: 1000,
    onNews(news, send) {
      if (news.kind === "trade") return ids.note(news.trade);
      if (news.kind !== "kline" || news.interval !== interval) return;
      forming = news.kline.closed ? null : news;
      if (news.kline.closed) send(event(news));
    },
    onBeat(send) {
      const time = exchange.time();
      const kline = forming?.kline ?? exchange.klines(symbol, interval, { limit: 1 }).at(-1);
      if (kline !== undefined && !kline.closed) send(event({ kind: "kline", symbol, interval, time, kline }));
    },
  };
}

/** First and last trade of the forming kline and of the one before. */
class TradeIds {
  readonly #timeframe: Timeframe;
  readonly #ids = new Map<Millis, readonly [first: number, last: number]>();

  constructor(exchange: Exchange, symbol: string, interval: string) {
    this.#timeframe = parseTimeframe(interval);
    const kline = exchange.klines(symbol, interval, { limit: 1 }).at(-1);
    const last = exchange.trades(symbol, { limit: 1 }).at(-1);
    if (kline === undefined || last === undefined || kline.trades === 0) return;
    this.#ids.set(kline.openTime, [last.id - kline.trades + 1, last.id]);
  }

  note({ id, time }: PublicTrade): void {
    const [openTime] = intervalOf(time, this.#timeframe);
    const known = this.#ids.get(openTime);
    this.#ids.set(openTime, [known?.[0] ?? id, id]);
    if (known === undefined && this.#ids.size > 2) this.#ids.delete(this.#ids.keys().next().value!);
  }

  /** -1 for a kline without trades. */
  of(openTime: Millis): readonly [first: number, last: number] {
    return this.#ids.get(openTime) ?? [-1, -1];
  }
}

function diffs(symbol: string, everyMs: 100 | 1000): Channel {
  const gathered = new BookDiffs(symbol);
  return {
    everyMs,
    onNews: (news) => void (news.kind === "depth" && gathered.add(news)),
    onBeat(send) {
      const event = gathered.take();
      if (event !== null) send(event);
    },
  };
}

function partialDepth(exchange: Exchange, symbol: string, levels: number, everyMs: 100 | 1000): Channel {
  let told = -1;
  return {
    everyMs,
    onBeat(send) {
      const { lastUpdateId, bids, asks } = exchange.depth(symbol, levels);
      if (lastUpdateId === told) return;
      told = lastUpdateId;
      send(`{"lastUpdateId":${lastUpdateId},"bids":${levelsJson(bids)},"asks":${levelsJson(asks)}}`);
    },
  };
}

function everySecond(event: () => string): Channel {
  return { everyMs: 1000, onBeat: (send) => send(event()) };
}

function averageEvent(exchange: Exchange, symbol: string): string {
  const time = exchange.time();
  const last = exchange.trades(symbol, { limit: 1 }).at(-1)?.time ?? time;
  return `{"e":"avgPrice","E":${time},"s":"${symbol}","i":"5m","w":"${money(exchange.averagePrice(symbol))}","T":${last}}`;
}

function all(exchange: Exchange, event: (symbol: string) => string): string {
  return `[${exchange.symbols.map(({ symbol }) => event(symbol)).join(",")}]`;
}
