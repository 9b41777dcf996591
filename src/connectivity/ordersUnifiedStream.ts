import type { AccountUpdate } from "../domain/ports.ts";
import type { AccountStream } from "./ordersApi.ts";
import { NewsQueue } from "./ordersNews.ts";
import { readUnifiedFree, readUnifiedOrder, readUnifiedTrades } from "./ordersUnifiedRead.ts";
import type { VenueSession } from "./session.ts";

/** Orders, own trades and balances as ccxt's pro classes watch them; what a venue has not is left to polling. */
export class UnifiedStream implements AccountStream {
  readonly #session: VenueSession;
  readonly #news = new NewsQueue();
  #running = 0;

  constructor(session: VenueSession) {
    this.#session = session;
  }

  next(): Promise<readonly AccountUpdate[]> {
    if (this.#running === 0) this.#start();
    return this.#news.take();
  }

  drop(): void {
    const clients = (this.#session.exchange as unknown as { clients?: Record<string, { close(): unknown }> })
      .clients;
    for (const client of Object.values(clients ?? {})) client.close();
    this.#news.fail(new Error("the stream was silent and has been dropped"));
  }

  #start(): void {
    const { exchange } = this.#session;
    const { has } = exchange;
    this.#news.add([]);
    const watches: (readonly [boolean, () => Promise<readonly AccountUpdate[]>])[] = [
      [
        has.watchMyTrades === true,
        async () =>
          readUnifiedTrades(await exchange.watchMyTrades(), null).map((trade) => ({ kind: "trade", trade })),
      ],
      [
        has.watchOrders === true,
        async () =>
          (await exchange.watchOrders()).map((one) => ({
            kind: "order",
            order: readUnifiedOrder(one, null),
          })),
      ],
      [has.watchBalance === true, async () => [readUnifiedFree(await exchange.watchBalance())]],
    ];
    for (const [able, watch] of watches) if (able) this.#run(watch);
  }

  async #run(watch: () => Promise<readonly AccountUpdate[]>): Promise<void> {
    this.#running++;
    try {
      for (;;) this.#news.add(await watch());
    } catch (error) {
      this.#news.fail(this.#session.failure(error, "watchOrders"));
    } finally {
      this.#running--;
    }
  }
}
