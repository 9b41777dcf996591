import type { Channel, Update } from "../feed.ts";
import type { TradingService } from "../service.ts";
import type { Frame, Subscribe } from "./messages.ts";
import type { Outlet } from "./outlet.ts";
import { snapshotOf } from "./snapshot.ts";
import { frameText, type Wish, Writing } from "./writing.ts";

/** Of these the latest says all: a client that has fallen behind may do without those before it. */
const pictures: ReadonlySet<Channel> = new Set<Channel>(["ticks", "positions", "equity", "status"]);

export function isPicture(channel: Channel): boolean {
  return pictures.has(channel);
}

/** Updates with the same stand for one another, the later one for the earlier. Null: none does. */
export function keyOf({ channel, symbol }: Update): string | null {
  return isPicture(channel) ? `${channel} ${symbol ?? ""}` : null;
}

/** One channel of one client. */
export class Subscription {
  readonly wish: Wish;
  readonly #service: TradingService;
  readonly #outlet: Outlet;
  /** The client has all up to this number. */
  #seq = 0;

  constructor(wish: Wish, service: TradingService, outlet: Outlet) {
    this.wish = wish;
    this.#service = service;
    this.#outlet = outlet;
  }

  /** The first frames: what was missed, where that is known, or how things stand. */
  begin({ since, epoch }: Pick<Subscribe, "since" | "epoch">): void {
    const { channel, spelling, decimals } = this.wish;
    const { feed } = this.#service;
    const seq = feed.seqOf(channel);
    const data = { symbols: spelling.symbols, decimals };
    this.#send(frameText({ type: "subscribed", channel, seq, epoch: feed.epoch, data }));
    const from = since?.[channel];
    const missed = from === undefined || epoch !== feed.epoch ? null : feed.since(channel, from);
    if (missed === null) this.#tellAll(from !== undefined);
    else this.#tellMissed(from!, missed);
  }

  #tellMissed(from: number, missed: readonly Update[]): void {
    this.#seq = from;
    for (const update of missed) this.offer(new Writing(update));
  }

  offer(writing: Writing): void {
    const { update } = writing;
    // A snapshot may have overtaken it.
    if (update.seq <= this.#seq) return;
    this.#seq = update.seq;
    const frame = writing.for(this.wish);
    if (frame !== null) this.#outlet.send(frame, keyOf(update));
  }

  /** Updates were lost before they could be sent. */
  resync(): void {
    this.#tellAll(true);
  }

  #tellAll(isResync: boolean): void {
    const { channel, spelling, decimals } = this.wish;
    this.#seq = this.#service.feed.seqOf(channel);
    const data = snapshotOf(channel, this.#service, spelling);
    const frame: Frame = {
      ...{ type: "snapshot", channel, seq: this.#seq },
      ...(isResync && { resync: true }),
      data,
    };
    this.#send(frameText(frame, decimals));
  }

  #send(frame: Buffer): void {
    this.#outlet.send(frame, null);
  }
}
