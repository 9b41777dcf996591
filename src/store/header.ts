import type { Json } from "../domain/signal.ts";
import type { Millis } from "../domain/time.ts";

/** What a session is, from its first start on; never changed. */
export interface SessionHeader {
  readonly mode: "paper" | "testnet" | "live";
  readonly venue: string;
  readonly symbols: readonly string[];
  readonly strategy: {
    readonly name: string;
    /** Of its bundled text, hexadecimal. */
    readonly sha256: string;
    readonly params: { readonly [name: string]: Json };
  };
  /** Every setting that has a say in what is decided. Without secrets: it is stored, listed and copied as it is. */
  readonly config: { readonly [name: string]: Json };
  readonly seed: number;
}

/** The header as it is stored. */
export interface StoredHeader extends SessionHeader {
  readonly created: Millis;
  /** Of the geosync that made the session. */
  readonly version: string;
}

/** One start of a process on a session; rows are only added, and closed by an orderly end. */
export interface SessionRun {
  /** From 1. */
  readonly number: number;
  readonly started: Millis;
  /** Of the geosync that was started. */
  readonly version: string;
  readonly node: string;
  readonly pid: number;
  readonly host: string;
  /** Entries there were at the start. */
  readonly entries: number;
  /** Null: it runs, or it ended without order. */
  readonly end: SessionEnd | null;
}

export interface SessionEnd {
  readonly time: Millis;
  /** As the engine calls it, e.g. "SIGINT" or "max-runtime". */
  readonly reason: string;
  readonly entries: number;
  /** Of the last block, hexadecimal: a journal that is shorter or other than this was cut or changed since. */
  readonly digest: string;
}

export interface Checkpoint {
  /** The last entry that the state contains. */
  readonly seq: number;
  readonly time: Millis;
  readonly state: Uint8Array;
}
