import type { Instant, MarketChunk, MarketEvent } from "../domain/market.ts";
import type { MarketStream } from "../domain/ports.ts";
import type { Millis } from "../domain/time.ts";

/** How far one stream has been read. */
interface Cursor {
  readonly iterator: AsyncIterator<MarketChunk>;
  chunk: MarketChunk | null;
  row: number;
  ended: boolean;
}

/**
 * Merges streams into instants: all events of one time, of all streams, those across the borders of chunks included.
 * Within an instant: the streams in the order given, then their rows.
 *
 *     while (await feed.fill()) while (feed.next(instant)) engine.step(instant);
 *
 * Only `fill` crosses an async border; `next` allocates nothing. Use one `instant` throughout: at the end of a chunk
 * an instant may wait in it half gathered until the next chunk shows whether it goes on.
 */
export class InstantFeed {
  readonly #cursors: readonly Cursor[];
  /** Cursor at which gathering goes on after a fill; -1 when no instant is half gathered. */
  #gathering = -1;
  #time: Millis = 0;

  constructor(streams: readonly MarketStream[]) {
    this.#cursors = streams.map((stream) => ({
      iterator: stream.events()[Symbol.asyncIterator](),
      chunk: null,
      row: 0,
      ended: false,
    }));
  }

  /** Gets the next chunk of every stream that ran dry. False when all streams have ended and all was handed out. */
  async fill(): Promise<boolean> {
    let some = this.#gathering >= 0;
    for (const cursor of this.#cursors) {
      while (!cursor.ended && (cursor.chunk === null || cursor.row === cursor.chunk.length)) {
        const result = await cursor.iterator.next();
        cursor.ended = result.done === true;
        cursor.chunk = cursor.ended ? null : result.value;
        cursor.row = 0;
      }
      some ||= !cursor.ended;
    }
    return some;
  }

  /**
   * Hands the rows of a lone stream over without making instants of them: `consume` gets [from, to) of a chunk and
   * returns where it stopped. The last row is left for `next`, as the following chunk may go on with its time.
   */
  runAhead(consume: (chunk: MarketChunk, from: number, to: number) => number): void {
    const cursor = this.#cursors[0]!;
    const { chunk, row } = cursor;
    if (this.#cursors.length > 1 || this.#gathering >= 0 || chunk === null || row >= chunk.length - 1) return;
    cursor.row = consume(chunk, row, chunk.length - 1);
  }

  /** Puts the next instant into `instant`; false when a stream has to be filled first. */
  next(instant: Instant): boolean {
    const cursors = this.#cursors;
    if (cursors.length === 1 && this.#gathering < 0) {
      const cursor = cursors[0]!;
      const { chunk, row } = cursor;
      if (chunk === null || row === chunk.length) return false;
      const { times } = chunk;
      const time = times[row]!;
      // The common case, an instant of one event within a chunk, without any loop.
      if (row + 1 < chunk.length && times[row + 1] !== time) {
        instant.time = time;
        instant.count = 1;
        put(instant.events, 0, chunk, row);
        cursor.row = row + 1;
        return true;
      }
    }
    if (this.#gathering < 0 && !this.#begin(instant)) return false;
    return this.#gather(instant);
  }

  /** Ends the reading of all streams. */
  async close(): Promise<void> {
    const open = this.#cursors.filter((cursor) => !cursor.ended);
    for (const cursor of open) {
      cursor.ended = true;
      cursor.chunk = null;
    }
    this.#gathering = -1;
    await Promise.all(open.map((cursor) => cursor.iterator.return?.()));
  }

  /** Finds the earliest time; every stream must show its next row for that. */
  #begin(instant: Instant): boolean {
    let time = Number.POSITIVE_INFINITY;
    for (const { chunk, row, ended } of this.#cursors) {
      if (ended) continue;
      if (chunk === null || row === chunk.length) return false;
      const next = chunk.times[row]!;
      if (next < time) time = next;
    }
    if (time === Number.POSITIVE_INFINITY) return false;
    this.#time = time;
    this.#gathering = 0;
    instant.time = time;
    instant.count = 0;
    return true;
  }

  #gather(instant: Instant): boolean {
    const cursors = this.#cursors;
    const time = this.#time;
    let { count } = instant;
    for (let i = this.#gathering; i < cursors.length; i++) {
      const cursor = cursors[i]!;
      const { chunk } = cursor;
      if (chunk === null) continue;
      const { times, length } = chunk;
      let { row } = cursor;
      while (row < length && times[row] === time) put(instant.events, count++, chunk, row++);
      cursor.row = row;
      if (row === length) {
        // The stream's next chunk may go on with the same time.
        this.#gathering = i;
        instant.count = count;
        return false;
      }
    }
    instant.count = count;
    this.#gathering = -1;
    return true;
  }
}

function put(events: MarketEvent[], index: number, chunk: MarketChunk, row: number): void {
  const event = events[index];
  if (event === undefined) events.push({ chunk, row });
  else {
    event.chunk = chunk;
    event.row = row;
  }
}
