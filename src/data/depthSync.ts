import type { Level, LocalBook } from "./localBook.ts";

/** Changes of an order book that a venue sent in one message: absolute sizes, and the ids they run from and to. */
export interface DepthDiff {
  readonly line: number;
  readonly first: number;
  readonly last: number;
  /** Last id of the message before, where the venue says it (futures); its ids then leave holes. */
  readonly previous: number | null;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

export interface DepthSnapshot {
  readonly last: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

export interface DepthGap {
  readonly line: number;
  readonly expected: number;
  readonly found: number;
}

/** Some hours of messages at ten a second: no snapshot is so late that it belongs to older ones. */
const mostWaiting = 200_000;

/**
 * Keeps a book in step with a stream of diffs, by the rules of Binance: diffs that come before the snapshot wait for
 * it; those that end at or before its id are dropped; the one that straddles it is applied; from then on each must
 * begin where the last one ended. A snapshot older than the waiting diffs is passed over, a later one taken.
 */
export class DepthSync {
  /** Diffs that the book's snapshot already held. */
  dropped = 0;
  applied = 0;
  snapshots = 0;
  readonly #book: LocalBook;
  /** Throws, or counts: then the book is unknown until the next snapshot. */
  readonly #onGap: (gap: DepthGap) => void;
  /** Id up to which the book is known; null while it is not. */
  #last: number | null = null;
  #afterSnapshot = false;
  #waiting: DepthDiff[] = [];

  constructor(book: LocalBook, onGap: (gap: DepthGap) => void) {
    this.#book = book;
    this.#onGap = onGap;
  }

  get isKnown(): boolean {
    return this.#last !== null;
  }

  /** True when the book, or whether it is known, changed. */
  diff(diff: DepthDiff): boolean {
    if (this.#last === null) {
      if (this.#waiting.push(diff) > mostWaiting) this.#waiting.splice(0, mostWaiting / 2);
      return false;
    }
    if (diff.last <= this.#last) {
      this.dropped++;
      return false;
    }
    if (!this.#continues(diff, this.#last)) {
      this.#onGap({ line: diff.line, expected: this.#last + 1, found: diff.first });
      this.#last = null;
      this.#waiting = [diff];
      this.#book.clear();
      return true;
    }
    for (const level of diff.bids) this.#book.setBid(level);
    for (const level of diff.asks) this.#book.setAsk(level);
    this.#last = diff.last;
    this.#afterSnapshot = false;
    this.applied++;
    return true;
  }

  /** True when the book is that of the snapshot now, and of the diffs that had waited for it. */
  snapshot(snapshot: DepthSnapshot): boolean {
    if (this.#last !== null && snapshot.last < this.#last) return false;
    const next = this.#waiting.find((diff) => diff.last > snapshot.last);
    if (next !== undefined && next.first > snapshot.last + 1) return false;
    this.#book.clear();
    for (const level of snapshot.bids) this.#book.setBid(level);
    for (const level of snapshot.asks) this.#book.setAsk(level);
    this.#last = snapshot.last;
    this.#afterSnapshot = true;
    this.snapshots++;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const diff of waiting) this.diff(diff);
    return true;
  }

  #continues(diff: DepthDiff, last: number): boolean {
    if (diff.previous === null || this.#afterSnapshot) return diff.first <= last + 1;
    return diff.previous === last;
  }
}
