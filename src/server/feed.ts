import { randomUUID } from "node:crypto";
import { Recent } from "../run/session/recent.ts";

/** What can be listened to. */
export const channels = ["trades", "positions", "signals", "orders", "ticks", "equity", "status"] as const;
export type Channel = (typeof channels)[number];

/** One piece of news; `seq` counts from 1, channel by channel, from the start of this process. */
export interface Update {
  readonly channel: Channel;
  readonly seq: number;
  /** In the session's spelling; null: of no one symbol. */
  readonly symbol: string | null;
  readonly data: object;
}

export type Listener = (update: Update) => void;

/** So many updates of each channel are kept for those who come back. */
const kept = 1000;

interface ChannelState {
  seq: number;
  /** Somebody has asked for it: before, nothing is made or kept. */
  wanted: boolean;
  readonly recent: Recent<Update>;
  readonly listeners: Set<Listener>;
}

/** Spreads a session's news to whoever listens, in the order in which they happened. */
export class Feed {
  /** Names this process's numbering: numbers of another say nothing here. */
  readonly epoch = randomUUID();
  readonly #channels = new Map<Channel, ChannelState>(
    channels.map((name) => [
      name,
      { seq: 0, wanted: false, recent: new Recent<Update>(kept), listeners: new Set<Listener>() },
    ]),
  );

  isWanted(channel: Channel): boolean {
    return this.#of(channel).wanted;
  }

  /** Number of the last update of a channel. */
  seqOf(channel: Channel): number {
    return this.#of(channel).seq;
  }

  publish(channel: Channel, symbol: string | null, data: object): void {
    const state = this.#of(channel);
    const update: Update = { channel, seq: ++state.seq, symbol, data };
    state.recent.push(update);
    for (const listener of state.listeners) listener(update);
  }

  listen(channel: Channel, listener: Listener): () => void {
    const state = this.#of(channel);
    state.wanted = true;
    state.listeners.add(listener);
    return () => state.listeners.delete(listener);
  }

  /** All updates after that number; null when some of them are kept no more (or it is of another process). */
  since(channel: Channel, seq: number): readonly Update[] | null {
    const state = this.#of(channel);
    if (seq > state.seq || seq < 0) return null;
    const updates = state.recent.all().filter((update) => update.seq > seq);
    return updates.length === state.seq - seq ? updates : null;
  }

  #of(channel: Channel): ChannelState {
    return this.#channels.get(channel)!;
  }
}
