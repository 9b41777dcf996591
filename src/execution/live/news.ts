import type { Execution, LiveEvent } from "../../domain/execution.ts";
import type { ReasonCode } from "../../domain/reasons.ts";
import type { Track } from "./track.ts";

/** What the manager has to say beside its events: for people, not for the engine. */
export interface Status {
  readonly level: "info" | "warning" | "error";
  readonly code:
    | "guarded"
    | "venue-limited"
    | "venue-unreachable"
    | "fee-unknown"
    | "foreign-order"
    | "orphan-cancelled"
    | "manual-trade"
    | "unprotected"
    | "trades-missing"
    | "balance-differs"
    | "internal";
  readonly message: string;
}

/** Events for the engine, in the order in which they were learned. Every order ends here, and once. */
export class News {
  #events: LiveEvent[] = [];
  readonly #wake: () => void;

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  tell(event: LiveEvent): void {
    this.#events.push(event);
    if (this.#events.length === 1) this.#wake();
  }

  take(): readonly LiveEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  fill(track: Track | null, fill: Execution): void {
    this.tell(fill);
    if (track !== null && fill.remaining === 0n) track.reason ??= "filled";
  }

  end(track: Track, reason: ReasonCode): void {
    if (track.ended) return;
    track.reason = reason;
    this.tell({ kind: "ended", number: track.number, reason });
  }
}
