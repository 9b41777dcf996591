import type { Exchange } from "ccxt";
import type { Millis, Timeframe } from "../domain/time.ts";
import { type BinanceMessage, BinanceStreams } from "./binanceStreams.ts";
import { CcxtMarket } from "./ccxtMarket.ts";
import { readCandle, readId, readLevels, readList, readObject, readText, readTime } from "./marketAnswers.ts";
import type {
  BestPrices,
  BookPicture,
  BookUpdate,
  Candle,
  MarketTraits,
  PublicTrade,
  TradesSince,
} from "./marketApi.ts";
import type { VenueSession } from "./session.ts";

/** Sizes of snapshots from one weight to the next. */
const depths = [100, 500, 1000, 5000];

/**
 * Binance Spot's public data, read off the venue's own texts. Trades are its aggregate ones: what one taker order took
 * at one price, counted without a hole, and the only ones that anybody may ask for by id.
 */
export class BinanceMarket extends CcxtMarket {
  override readonly traits: MarketTraits = { countedTrades: true, everyCandle: true, candlePage: 1000 };
  readonly #streams: BinanceStreams;

  constructor(session: VenueSession) {
    super(session);
    this.#streams = BinanceStreams.of(session);
  }

  override async trades(symbol: string, since: TradesSince): Promise<readonly PublicTrade[]> {
    const from = "afterId" in since ? { fromId: Number(since.afterId) + 1 } : { startTime: since.time };
    return this.session.call({
      name: "aggTrades",
      send: (exchange) =>
        rawOf(exchange).publicGetAggTrades({ symbol: exchange.market(symbol).id, limit: 1000, ...from }),
      read: (rows) => readList(rows, "trades").map((row) => readTrade(readObject(row, "a trade"))),
      repeatable: true,
    });
  }

  override async book(symbol: string, depth: number): Promise<BookPicture> {
    const limit = depths.find((size) => size >= depth) ?? depths.at(-1)!;
    return this.session.call({
      name: "depth",
      send: (exchange) => rawOf(exchange).publicGetDepth({ symbol: exchange.market(symbol).id, limit }),
      read: (answer) => {
        const { lastUpdateId, bids, asks } = readObject(answer, "an order book");
        return {
          kind: "picture",
          time: this.venueTime(),
          sequence: readId(lastUpdateId, "lastUpdateId"),
          bids: readLevels(bids),
          asks: readLevels(asks),
        };
      },
      repeatable: true,
    });
  }

  override watchCandles(symbol: string, timeframe: Timeframe, signal: AbortSignal): AsyncIterable<Candle> {
    return this.#streams.watch(symbol, `kline_${timeframe.label}`, signal, ({ k }) => {
      const { t, o, h, l, c, v, x } = readObject(k, "a candle");
      return readCandle([t, o, h, l, c, v], x === true);
    });
  }

  override watchTrades(symbol: string, signal: AbortSignal): AsyncIterable<PublicTrade> {
    return this.#streams.watch(symbol, "aggTrade", signal, readTrade);
  }

  override watchQuotes(symbol: string, signal: AbortSignal): AsyncIterable<BestPrices> {
    return this.#streams.watch(symbol, "bookTicker", signal, ({ u, b, B, a, A, E }) => ({
      time: this.#timeOf(E),
      sequence: readId(u, "u"),
      bid: [readText(b, "b"), readText(B, "B")],
      ask: [readText(a, "a"), readText(A, "A")],
    }));
  }

  override watchBook(symbol: string, _depth: number, signal: AbortSignal): AsyncIterable<BookUpdate> {
    return this.#streams.watch(symbol, "depth@100ms", signal, ({ E, U, u, pu, b, a }) => ({
      kind: "diff",
      time: this.#timeOf(E),
      first: readId(U, "U"),
      last: readId(u, "u"),
      previous: pu === undefined ? null : readId(pu, "pu"),
      bids: readLevels(b),
      asks: readLevels(a),
    }));
  }

  /** Quotes of spot carry no time: it is that of receipt then, by the venue's clock. */
  #timeOf(stamp: unknown): Millis {
    return stamp === undefined ? this.venueTime() : readTime(stamp, "E");
  }
}

/** The REST methods that ccxt makes of Binance's own paths. */
function rawOf(exchange: Exchange) {
  return exchange as unknown as Readonly<
    Record<"publicGetAggTrades" | "publicGetDepth", (query: object) => Promise<unknown>>
  >;
}

/** T, a, p, q, m: alike on the stream and over REST. */
function readTrade({ T, a, p, q, m }: BinanceMessage): PublicTrade {
  return {
    id: String(readId(a, "a")),
    time: readTime(T, "T"),
    price: readText(p, "p"),
    amount: readText(q, "q"),
    // The buyer made: the taker sold.
    side: m === true ? "sell" : "buy",
  };
}
