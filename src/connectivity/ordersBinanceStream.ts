import type { AccountUpdate } from "../domain/ports.ts";
import type { AccountStream } from "./ordersApi.ts";
import { readEvent } from "./ordersBinanceRead.ts";
import { NewsQueue } from "./ordersNews.ts";
import type { VenueSession } from "./session.ts";

interface WebSocketClient {
  error: unknown;
  readonly connection?: { terminate?(): void };
  reset(error: unknown): void;
}

/** The parts of ccxt's pro class that carry its user data. */
interface ProClient {
  clients: Record<string, WebSocketClient>;
  readonly urls: { readonly api: { readonly ws: { readonly "ws-api": { readonly spot: string } } } };
  authenticate(params: { type: "spot" }): Promise<void>;
  handleOrderUpdate(client: WebSocketClient, message: unknown): void;
  handleBalance(client: WebSocketClient, message: unknown): void;
  handleEventStreamTerminated(client: WebSocketClient, message: unknown): void;
}

/**
 * The user data stream of Binance (over its WebSocket API). ccxt connects, signs and subscribes; the events are taken
 * where they arrive, each one as it came: ccxt's caches would merge two reports of one order before we see them.
 */
export class BinanceStream implements AccountStream {
  readonly #session: VenueSession;
  readonly #pro: ProClient;
  readonly #symbolOf: (id: string) => string;
  readonly #news = new NewsQueue();
  #watching = false;

  /** One a session: the exchange is tapped for good. */
  constructor(session: VenueSession, symbolOf: (id: string) => string) {
    this.#session = session;
    this.#pro = session.exchange as unknown as ProClient;
    this.#symbolOf = symbolOf;
    this.#tap();
  }

  next(): Promise<readonly AccountUpdate[]> {
    if (!this.#watching) this.#watch();
    return this.#news.take();
  }

  drop(): void {
    const client = this.#pro.clients[this.#url];
    const error = new Error("the stream was silent and has been dropped");
    if (client === undefined) this.#news.fail(error);
    else {
      // A client that has failed leaves its place to the next one, and closing it late does not take that one away.
      client.error = error;
      delete this.#pro.clients[this.#url];
      client.reset(error);
      client.connection?.terminate?.();
    }
  }

  get #url(): string {
    return this.#pro.urls.api.ws["ws-api"].spot;
  }

  /** Keeps the connection wanted; each round ends with an order's news, the last one with a failure. */
  async #watch(): Promise<void> {
    this.#watching = true;
    try {
      await this.#pro.authenticate({ type: "spot" });
      this.#news.add([]);
      for (;;) await this.#session.exchange.watchOrders();
    } catch (error) {
      this.#watching = false;
      this.#news.fail(this.#session.failure(error, "watchOrders"));
    }
  }

  #tap(): void {
    const pro = this.#pro;
    const { handleOrderUpdate, handleBalance, handleEventStreamTerminated } = pro;
    pro.handleOrderUpdate = (client, message) => {
      this.#take(message);
      handleOrderUpdate.call(pro, client, message);
    };
    pro.handleBalance = (client, message) => {
      this.#take(message);
      handleBalance.call(pro, client, message);
    };
    pro.handleEventStreamTerminated = (client, message) => {
      handleEventStreamTerminated.call(pro, client, message);
      // ccxt leaves those who wait for orders waiting for ever.
      client.reset(new Error("the venue ended the event stream"));
    };
  }

  #take(message: unknown): void {
    try {
      const news = readEvent(message, this.#symbolOf);
      if (news.length > 0) this.#news.add(news);
    } catch (error) {
      // An event that makes no sense may have been one of ours: as good as missed.
      this.#news.fail(error);
    }
  }
}
