import type { BookDiff, BookPicture, BookUpdate, LevelText, MarketApi } from "../connectivity/marketApi.ts";
import type { Millis } from "../domain/time.ts";
import { type DepthDiff, DepthSync } from "./depthSync.ts";
import { isPassing, type LiveChange, reasonOf } from "./liveStatus.ts";
import { backoffMs, type Timers } from "./liveTimers.ts";
import { type Level, LocalBook, parseLevel } from "./localBook.ts";

export interface BookKeeperOptions {
  readonly api: MarketApi;
  readonly symbol: string;
  /** Levels a side that pictures show. */
  readonly depth: number;
  readonly timers: Timers;
  readonly signal: AbortSignal;
  /** Null: the book is not known. */
  deliver(time: Millis, book: LocalBook | null): void;
  onChange(change: LiveChange): void;
  /** What no new attempt can mend. */
  onFatal(error: unknown): void;
}

/** Levels of a snapshot: many more than are shown, as the market moves, at the least of a venue's usual weights. */
function snapshotDepth(shown: number): number {
  return shown <= 500 ? 1_000 : 5_000;
}

/** A book on its way, or known; what a snapshot of limited depth did not hold lies behind its edges. */
class Attempt {
  readonly book = new LocalBook();
  readonly sync: DepthSync;
  /** Prices past which there may be levels we never heard of; null when the snapshot held all. */
  bidEdge: number | null = null;
  askEdge: number | null = null;
  broken = false;

  constructor() {
    this.sync = new DepthSync(this.book, () => {
      this.broken = true;
    });
  }
}

/** Keeps an order book from snapshot and diffs, or from whole pictures where a venue sends these. */
export class BookKeeper {
  readonly #options: BookKeeperOptions;
  readonly #keep: number;
  #known: Attempt | null = null;
  #pending: Attempt | null = null;
  #lines = 0;
  #time: Millis = Number.NEGATIVE_INFINITY;

  constructor(options: BookKeeperOptions) {
    this.#options = options;
    this.#keep = snapshotDepth(options.depth);
  }

  take(update: BookUpdate): void {
    this.#time = Math.max(this.#time, update.time);
    if (update.kind === "picture") this.#show(update);
    else this.#diff(update);
  }

  /** The stream broke off: nothing is known until there is a new snapshot. */
  lost(reason: string): void {
    this.#pending = null;
    this.#forget(reason);
  }

  /** Without a stream: the book as REST has it now. */
  async poll(): Promise<void> {
    const picture = await this.#options.api.book(this.#options.symbol, this.#options.depth);
    if (this.#known === null) this.#show(picture);
  }

  #diff(update: BookDiff): void {
    const diff = this.#read(update);
    if (diff === null) {
      this.#restart("a depth update that makes no sense");
      return;
    }
    this.#pending?.sync.diff(diff);
    if (this.#known !== null) this.#apply(this.#known, diff);
    if (this.#known === null && this.#pending === null) this.#begin(diff);
  }

  #apply(known: Attempt, diff: DepthDiff): void {
    const changed = known.sync.diff(diff);
    if (known.broken) this.#forget(`updates are missing before id ${diff.first}`);
    else if (known.book.isCrossed) this.#restart("a bid above the ask");
    else if (changed) this.#deliver(known);
  }

  #restart(reason: string): void {
    this.#pending = null;
    this.#forget(reason);
    this.#begin(null);
  }

  #forget(reason: string): void {
    if (this.#known === null) return;
    this.#known = null;
    this.#options.onChange({ kind: "unknown", reason });
    this.#options.deliver(this.#now(), null);
  }

  #begin(diff: DepthDiff | null): void {
    const attempt = new Attempt();
    this.#pending = attempt;
    if (diff !== null) attempt.sync.diff(diff);
    void this.#fetch(attempt).catch((error: unknown) => this.#options.onFatal(error));
  }

  /** Asks for snapshots until one fits the diffs that wait for it. */
  async #fetch(attempt: Attempt): Promise<void> {
    const { api, symbol, timers, signal, onChange } = this.#options;
    for (let tries = 0; this.#pending === attempt && !signal.aborted; tries++) {
      try {
        const picture = await api.book(symbol, this.#keep);
        if (this.#pending !== attempt) return;
        if (this.#fits(attempt, picture)) {
          this.#arrive(attempt);
          return;
        }
      } catch (error) {
        if (!isPassing(error)) throw error;
        onChange({ kind: "retrying", reason: reasonOf(error) });
      }
      await timers.sleep(backoffMs(tries, timers), signal);
    }
  }

  #fits(attempt: Attempt, picture: BookPicture): boolean {
    const [bids, asks] = [levelsOf(picture.bids), levelsOf(picture.asks)];
    if (bids === null || asks === null || picture.sequence === null) return false;
    if (!attempt.sync.snapshot({ last: picture.sequence, bids, asks })) return false;
    // Half of what was asked for is all there was, whatever the venue's largest page is.
    attempt.bidEdge = bids.length < this.#keep / 2 ? null : Math.min(...bids.map(({ near }) => near));
    attempt.askEdge = asks.length < this.#keep / 2 ? null : Math.max(...asks.map(({ near }) => near));
    return true;
  }

  #arrive(attempt: Attempt): void {
    this.#pending = null;
    if (attempt.broken || attempt.book.isCrossed) {
      // Among the diffs that had waited one was missing.
      this.#begin(null);
      return;
    }
    this.#known = attempt;
    this.#deliver(attempt);
  }

  #deliver(known: Attempt): void {
    this.#options.deliver(this.#now(), known.book);
    this.#trim(known);
    // Levels past an edge may lack neighbours we never heard of: a new snapshot, while the old book serves.
    if (this.#pending === null && this.#reachesEdge(known)) this.#begin(null);
  }

  #reachesEdge({ book: { bids, asks }, bidEdge, askEdge }: Attempt): boolean {
    const { depth } = this.#options;
    const shownLast = (levels: readonly Level[]) => levels[levels.length - depth]?.near;
    if (bidEdge !== null && !((shownLast(bids) ?? Number.NaN) >= bidEdge)) return true;
    return askEdge !== null && !((shownLast(asks) ?? Number.NaN) <= askEdge);
  }

  /** Far levels come and are never taken away when the market has left: cut, or they grow over weeks. */
  #trim(known: Attempt): void {
    const most = 4 * this.#keep;
    const { bids, asks } = known.book;
    if (bids.length > most) {
      bids.splice(0, bids.length - most / 2);
      known.bidEdge = Math.max(known.bidEdge ?? 0, bids[0]!.near);
    }
    if (asks.length > most) {
      asks.splice(0, asks.length - most / 2);
      known.askEdge = Math.min(known.askEdge ?? Number.POSITIVE_INFINITY, asks[0]!.near);
    }
  }

  #show(picture: BookPicture): void {
    const [bids, asks] = [levelsOf(picture.bids), levelsOf(picture.asks)];
    const book = new LocalBook();
    for (const level of bids ?? []) book.setBid(level);
    for (const level of asks ?? []) book.setAsk(level);
    const sound = bids !== null && asks !== null && !book.isCrossed;
    this.#options.deliver(picture.time, sound ? book : null);
  }

  #read({ first, last, previous, bids, asks }: BookDiff): DepthDiff | null {
    const [bidLevels, askLevels] = [levelsOf(bids), levelsOf(asks)];
    if (bidLevels === null || askLevels === null) return null;
    return { line: ++this.#lines, first, last, previous, bids: bidLevels, asks: askLevels };
  }

  #now(): Millis {
    return Number.isFinite(this.#time) ? this.#time : this.#options.api.venueTime();
  }
}

function levelsOf(cells: readonly LevelText[]): readonly Level[] | null {
  const levels: Level[] = [];
  for (const [price, size] of cells) {
    const level = parseLevel(price, size);
    if (level === undefined) return null;
    levels.push(level);
  }
  return levels;
}
