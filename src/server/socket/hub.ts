import type { Channel, Feed, Update } from "../feed.ts";
import { isPicture, keyOf, type Subscription } from "./subscription.ts";
import { Writing } from "./writing.ts";

/** Milliseconds of sending before the engine, and all others, have their turn again. */
const turnMs = 2;
/** With more updates under way only the latest pictures are kept: a file played at full speed makes more than anybody can read. */
const manyQueued = 1000;
/** With more than that a channel's are dropped, and its clients told anew how things stand. */
const mostQueued = 10_000;

/**
 * Brings a session's news to those who have subscribed. What the engine says is only taken down; the sending is done
 * between its steps, a little at a time.
 */
export class SocketHub {
  readonly #feed: Feed;
  readonly #subscribers = new Map<Channel, Set<Subscription>>();
  readonly #forget = new Map<Channel, () => void>();
  /** In the order in which they happened; a channel's name stands for all of its updates that were dropped. */
  readonly #queue = new Map<string, Update | Channel>();
  #work: Generator<void, void> | null = null;

  constructor(feed: Feed) {
    this.#feed = feed;
  }

  add(subscription: Subscription): void {
    const { channel } = subscription.wish;
    const others = this.#subscribers.get(channel) ?? new Set();
    this.#subscribers.set(channel, others.add(subscription));
    if (this.#forget.has(channel)) return;
    this.#forget.set(
      channel,
      this.#feed.listen(channel, (update) => this.#take(update)),
    );
  }

  remove(subscription: Subscription): void {
    const { channel } = subscription.wish;
    const others = this.#subscribers.get(channel);
    others?.delete(subscription);
    if (others?.size !== 0) return;
    this.#forget.get(channel)?.();
    this.#forget.delete(channel);
  }

  /** All that has been said is sent, at once. */
  finish(): void {
    for (const forget of this.#forget.values()) forget();
    this.#forget.clear();
    const work = this.#work ?? this.#deliver();
    while (work.next().done !== true);
  }

  #take(update: Update): void {
    const { channel, seq } = update;
    const key = keyOf(update);
    if (key !== null && this.#queue.size >= manyQueued) {
      this.#queue.delete(key);
      this.#queue.set(key, update);
    } else {
      this.#queue.set(`${channel} ${seq}`, update);
    }
    if (this.#queue.size > mostQueued && !isPicture(channel)) this.#drop(channel);
    if (this.#work !== null) return;
    this.#work = this.#deliver();
    setImmediate(this.#turn);
  }

  #drop(channel: Channel): void {
    for (const [key, queued] of this.#queue) {
      if (typeof queued !== "string" && queued.channel === channel) this.#queue.delete(key);
    }
    this.#queue.set(channel, channel);
  }

  readonly #turn = (): void => {
    const until = performance.now() + turnMs;
    do {
      if (this.#work?.next().done !== false) {
        this.#work = null;
        return;
      }
    } while (performance.now() < until);
    setImmediate(this.#turn);
  };

  *#deliver(): Generator<void, void> {
    for (const [key, queued] of this.#queue) {
      this.#queue.delete(key);
      const writing = typeof queued === "string" ? null : new Writing(queued);
      const channel = typeof queued === "string" ? queued : queued.channel;
      for (const subscription of [...(this.#subscribers.get(channel) ?? [])]) {
        if (writing === null) subscription.resync();
        else subscription.offer(writing);
        yield;
      }
    }
  }
}
