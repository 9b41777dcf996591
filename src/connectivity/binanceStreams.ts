import type { Exchange } from "ccxt";
import { dropLine, mostUnread, readMessage, tooSlow } from "./marketWatch.ts";
import { PushQueue } from "./pushQueue.ts";
import type { VenueSession } from "./session.ts";

/** A message of a market stream, as Binance spells it. */
export type BinanceMessage = Readonly<Record<string, unknown>>;

/** What is used of ccxt's WebSocket side beyond its unified methods. */
interface Wire {
  handleMessage(client: { readonly url: string }, message: unknown): void;
  getWsUrl(type: string, category: string): string;
  requestId(url: string): number;
  watch(
    url: string,
    hash: string,
    request: object,
    subscribeHash: string,
    subscription: object,
  ): Promise<never>;
  readonly options: { readonly ws?: { readonly backoffState?: Record<string, unknown> } };
}

type Listener = (message: BinanceMessage) => void;

const desks = new WeakMap<Exchange, BinanceStreams>();

/**
 * Binance's market streams as they come, over ccxt's connections: its own handlers turn candles and books into floats,
 * drop the mark of the final candle, and keep a second book. A line for each stream, so that one can be dropped alone.
 */
export class BinanceStreams {
  readonly #session: VenueSession;
  readonly #wire: Wire;
  /** By the stream's name, `btcusdt@kline_1m`. */
  readonly #listeners = new Map<string, Set<Listener>>();

  /** The one of the session's client: there is one place where its messages are told apart. */
  static of(session: VenueSession): BinanceStreams {
    const desk = desks.get(session.exchange) ?? new BinanceStreams(session);
    desks.set(session.exchange, desk);
    return desk;
  }

  private constructor(session: VenueSession) {
    this.#session = session;
    this.#wire = session.exchange as unknown as Wire;
    const original = this.#wire.handleMessage.bind(session.exchange);
    this.#wire.handleMessage = (client, message) => {
      const data = unwrapped(message);
      const listeners = data === null ? undefined : this.#listeners.get(streamOf(data));
      if (listeners === undefined) original(client, message);
      else for (const listener of listeners) listener(data!);
    };
  }

  /** @param name of the stream without its symbol: `aggTrade` */
  watch<T>(
    symbol: string,
    name: string,
    signal: AbortSignal,
    read: (message: BinanceMessage) => T,
  ): AsyncIterable<T> {
    const session = this.#session;
    const queue = new PushQueue<T>(mostUnread, () => tooSlow(session.venue, name));
    const fail = (thrown: unknown): void => queue.fail(session.failure(thrown, name));
    try {
      const id = String(session.exchange.market(symbol).id).toLowerCase();
      const stream = `${id}@${name}`;
      const listener = (message: BinanceMessage): void => {
        try {
          queue.push(readMessage(session.venue, name, () => read(message)));
        } catch (thrown) {
          fail(thrown);
        }
      };
      const listeners = this.#listeners.get(stream) ?? new Set<Listener>();
      this.#listeners.set(stream, listeners.add(listener));
      const url = this.#dial(stream, fail);
      signal.addEventListener("abort", () => {
        queue.end();
        listeners.delete(listener);
        if (listeners.size === 0) this.#listeners.delete(stream);
        // Whoever listens to the same stream hears of it and dials anew.
        dropLine(session.exchange, url);
      });
    } catch (thrown) {
      fail(thrown);
    }
    return queue;
  }

  #dial(stream: string, fail: (thrown: unknown) => void): string {
    const wire = this.#wire;
    const base = wire.getWsUrl("spot", "market");
    const url = base.endsWith("/stream") ? `${base}?streams=${stream}` : `${base}/${stream}`;
    // Pauses between attempts are ours to choose.
    delete wire.options.ws?.backoffState?.[url];
    // Said twice, in the address and here: taking it once is the venue's business.
    const request = { method: "SUBSCRIBE", params: [stream], id: wire.requestId(url) };
    // Nothing ever resolves it: messages go to the listener. It fails with the line.
    wire.watch(url, stream, request, stream, { id: String(request.id) }).catch(fail);
    return url;
  }
}

/** The message, out of the envelope of combined streams; null when it is none of a market. */
function unwrapped(message: unknown): BinanceMessage | null {
  if (typeof message !== "object" || message === null) return null;
  const inner = "stream" in message && "data" in message ? message.data : message;
  return typeof inner === "object" && inner !== null ? (inner as BinanceMessage) : null;
}

/** The name of the stream that a message is of; empty for none of ours. */
function streamOf({ e, s, k, b, B, a, A }: BinanceMessage): string {
  if (typeof s !== "string") return "";
  const symbol = s.toLowerCase();
  if (e === "aggTrade") return `${symbol}@aggTrade`;
  if (e === "depthUpdate") return `${symbol}@depth@100ms`;
  if (e === "kline") return `${symbol}@kline_${(k as { readonly i?: string } | undefined)?.i}`;
  const isQuote = [b, B, a, A].every((cell) => typeof cell === "string");
  return isQuote && (e === undefined || e === "bookTicker") ? `${symbol}@bookTicker` : "";
}
