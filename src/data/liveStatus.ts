import { ConnectionError } from "../domain/errors.ts";
import type { Millis } from "../domain/time.ts";

export type Channel = "candles" | "trades" | "quotes" | "book";

/** What happened to a stream. Told for whoever watches; nothing has to be done about it. */
export type LiveStatus = {
  readonly channel: Channel;
  readonly symbol: string;
  /** By the venue's clock. */
  readonly time: Millis;
} & LiveChange;

export type LiveChange =
  /** First data of a connection. */
  | { readonly kind: "connected" }
  /** Nothing came for so long that the connection is given up. */
  | { readonly kind: "stalled"; readonly silentMs: number }
  | {
      readonly kind: "reconnecting";
      readonly attempt: number;
      readonly inMs: number;
      readonly reason: string;
    }
  /** Rows that the stream did not bring and REST did. */
  | { readonly kind: "filled"; readonly rows: number }
  /** A question behind the stream failed; it is asked again. */
  | { readonly kind: "retrying"; readonly reason: string }
  /** A message that makes no sense was left out. */
  | { readonly kind: "ignored"; readonly reason: string }
  /** The order book is not known until the next snapshot. */
  | { readonly kind: "unknown"; readonly reason: string };

/**
 * Whether trying again can help. Refused credentials and bugs of ours don't mend themselves; all else that a venue says
 * does, once `connect` has seen that it knows the symbol: gates and proxies answer 403 and 404 in bad hours.
 */
export function isPassing(error: unknown): boolean {
  return error instanceof ConnectionError && error.code !== "GEO-CREDENTIALS";
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
