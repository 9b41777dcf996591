import type { Exchange } from "ccxt";
import type { GeoSyncError } from "../domain/errors.ts";
import type { Credentials } from "../domain/ports.ts";
import type { Millis } from "../domain/time.ts";

/** Where a venue is reached: with these, no other host is ever contacted. */
export interface Endpoints {
  /** `http://127.0.0.1:9000`: everything below it is the venue's REST API. */
  readonly rest: string;
  /** Market streams; up to and without `/stream`. */
  readonly streams: string;
  readonly wsApi: string;
}

export interface SessionOptions {
  /** A name of the table of venues, or an id of ccxt. */
  readonly venue: string;
  readonly testnet: boolean;
  readonly endpoints?: Endpoints | undefined;
  /** None: public data only. */
  readonly credentials?: Credentials | undefined;
  /** One line a call: what, how long, how it ended. */
  readonly log?: ApiLog | undefined;
  /**
   * Asked before each request: it leaves when this settles (null: at once), and never when it rejects. So that what an
   * order follows from is on the disk first.
   */
  readonly safe?: (() => Promise<void> | null) | undefined;
}

/** A record of the API log; secrets never get here. */
export interface ApiRecord {
  readonly venue: string;
  readonly call: string;
  readonly ms: number;
  /** 1 for the first try. */
  readonly attempt: number;
  /** `ok`, or the error code of ours that it ended with. */
  readonly outcome: string;
  /** Status of the HTTP answer, when there was one. */
  readonly status?: number;
}

export interface ApiLog {
  record(one: ApiRecord): void;
}

export interface ApiCall<T> {
  /** For the log and for messages: `fetchBalance`. */
  readonly name: string;
  send(exchange: Exchange): Promise<unknown>;
  /**
   * The answer, checked and turned into ours; what it throws makes the answer a bad one (GEO-VENUE-ANSWER), but for an
   * OrderError, which is the refusal that it found there.
   */
  read(answer: unknown): T;
  /** Whether it may be sent again when it failed or its fate is unknown: questions may, orders never. */
  readonly repeatable: boolean;
  /** Around the whole answer, body included, of each try. @default 10 s */
  readonly deadlineMs?: number;
}

/**
 * A connection to a venue through ccxt. All calls of all users go through it: deadlines, retries with backoff and
 * jitter, Retry-After, bans, circuit breaker and the log are its own.
 */
export interface VenueSession {
  readonly venue: string;
  readonly testnet: boolean;
  /** ccxt's client of both REST and WebSocket (its pro class), markets loaded, for what `call` and watching need. */
  readonly exchange: Exchange;
  /**
   * @throws ConnectionError: GEO-CONNECTION (unreachable, or its fate unknown), GEO-VENUE-ANSWER, GEO-VENUE-LIMITED,
   * GEO-CREDENTIALS, GEO-VENUE-UNSUPPORTED. OrderError GEO-ORDER-REFUSED when the venue said no to an order, and
   * GEO-ORDER-UNKNOWN when an order that is not repeatable may or may not be there.
   */
  call<T>(call: ApiCall<T>): Promise<T>;
  /** Epoch ms by the venue's clock, which need not agree with ours. */
  venueTime(): Millis;
  /** The error of ours that stands for one of ccxt's, thrown by a `watch…` (named for the message); free of secrets. */
  failure(thrown: unknown, call: string): GeoSyncError;
  close(): Promise<void>;
}
