import { isoTime, type Millis } from "../../domain/time.ts";
import type { RequestFault } from "../faults/schema.ts";
import type { Outcome } from "../http/desk.ts";
import type { Params } from "../http/params.ts";

export interface AuditEntry {
  readonly time: Millis;
  readonly transport: "rest" | "ws-api" | "stream";
  /** GET, POST, …; WS for requests of the WebSocket API; OPEN for a connection. */
  readonly method: string;
  readonly path: string;
  /** Without the signature. */
  readonly params: Params | null;
  readonly account: string;
  /** Of the answer that the request deserved; null when it was not handled. */
  readonly status: number | null;
  /** Binance's code of a refusal. */
  readonly code: number | null;
  readonly faults: readonly RequestFault[];
}

const mostEntries = 100_000;

/** What was asked of the venue: the last hundred thousand requests, of all protocols, in order of arrival. */
export class Audit {
  #entries: AuditEntry[] = [];
  #dropped = 0;

  note(entry: AuditEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length < 2 * mostEntries) return;
    this.#entries = this.#entries.slice(-mostEntries);
    this.#dropped += mostEntries;
  }

  clear(): void {
    this.#dropped += this.#entries.length;
    this.#entries = [];
  }

  /** One JSON document a line. @param since number of the first one wanted, from 0 */
  *lines(since = 0): Generator<string, void, undefined> {
    const start = Math.max(0, since - this.#dropped, this.#entries.length - mostEntries);
    for (let i = start; i < this.#entries.length; i++) {
      yield `${lineOf(this.#dropped + i, this.#entries[i]!)}\n`;
    }
  }
}

export function outcomeOf({ status, refusal, account }: Outcome) {
  return { status, code: refusal?.code ?? null, account };
}

function lineOf(seq: number, { params, time, faults, ...rest }: AuditEntry): string {
  const sent = params === null ? {} : Object.fromEntries(params.entries());
  const { signature: _, ...shown } = sent;
  return JSON.stringify({ seq, time: isoTime(time), ...rest, params: shown, faults });
}
