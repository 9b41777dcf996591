import type { Millis } from "../../domain/time.ts";

/** The entries of a session's journal. `note`: for readers, not for the engine. */
export const entryKinds = { instrument: 1, format: 2, step: 3, decisions: 4, note: 5 } as const;

export interface Entry {
  /** From 1, without a hole. */
  readonly seq: number;
  /** One of `entryKinds`. */
  readonly kind: number;
  readonly time: Millis;
  readonly payload: Uint8Array;
}

/** Where a session's journal lives: `src/store` keeps it on disk. */
export interface Ledger {
  /** Copied before it returns; safe only after a commit. Returns the entry's number. */
  append(kind: number, time: Millis, payload: Uint8Array): number;
  /** All that was appended is safe when it returns, whatever happens then. @throws GeoSyncError GEO-OUTPUT */
  commit(): void;
  /** The same beside other work: it is safe from the death of this process, and once it is `durable` from all others. */
  commitSoon(): void;
  /** In order, in blocks. */
  entries(from?: number): Iterable<readonly Entry[]>;
}

/** What the entries up to a number lead to. */
export interface StoredPicture {
  readonly seq: number;
  readonly time: Millis;
  readonly state: Uint8Array;
}

/** A ledger that also keeps pictures of what its entries lead to, so that not all of them need be gone through. */
export interface PictureLedger extends Ledger {
  /** Number of the last entry that is safe; 0: none. */
  readonly committedSeq: number;
  /** Of what is safe up to `seq`; safe itself when it returns. @throws GeoSyncError GEO-OUTPUT */
  checkpoint(seq: number, time: Millis, state: Uint8Array): void;
  /** @throws GeoSyncError GEO-SESSION when it is not what was written */
  latestCheckpoint(): StoredPicture | undefined;
}

/** A ledger that is gone with the process: for trials, and for tests. */
export class MemoryLedger implements PictureLedger {
  readonly #entries: Entry[] = [];
  /** How many of them are safe. */
  #committed = 0;
  #picture: StoredPicture | undefined;

  append(kind: number, time: Millis, payload: Uint8Array): number {
    return this.#entries.push({ seq: this.#entries.length + 1, kind, time, payload: payload.slice() });
  }

  commit(): void {
    this.#committed = this.#entries.length;
  }

  commitSoon(): void {
    this.commit();
  }

  get committedSeq(): number {
    return this.#committed;
  }

  checkpoint(seq: number, time: Millis, state: Uint8Array): void {
    this.#picture = { seq, time, state: state.slice() };
  }

  latestCheckpoint(): StoredPicture | undefined {
    return this.#picture;
  }

  *entries(from = 1): Iterable<readonly Entry[]> {
    yield this.#entries.slice(from - 1, this.#committed);
  }
}
