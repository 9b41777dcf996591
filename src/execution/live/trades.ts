import type { OwnTrade } from "../../domain/ports.ts";
import type { Millis } from "../../domain/time.ts";
import type { KnownSymbol } from "./restored.ts";

const kept = 4000;

/** Which trades of a symbol have been booked, and from where on the venue is to be asked for others. */
export class SeenTrades {
  readonly #seen: Set<string>;
  #mark: { readonly trade: string; readonly time: Millis } | null;
  readonly #start: Millis;

  constructor(known: Pick<KnownSymbol, "trade" | "time" | "told">) {
    const { trade, time } = known;
    this.#seen = new Set(known.told);
    this.#mark = trade === null ? null : { trade, time };
    this.#start = time;
  }

  /** Everything up to there has been told. */
  get mark(): { readonly trade: string; readonly time: Millis } | null {
    return this.#mark;
  }

  get since(): { readonly id: string } | { readonly time: Millis } {
    return this.#mark === null ? { time: this.#start } : { id: this.#mark.trade };
  }

  /** @param missed by the venue's own count, trades of its order are missing: then age proves nothing */
  has({ id, time }: OwnTrade, missed: boolean): boolean {
    if (this.#seen.has(id)) return true;
    if (this.#mark === null) return time < this.#start;
    return !missed && (isAtOrBefore(id, this.#mark.trade) || time < this.#mark.time);
  }

  add(id: string): void {
    this.#seen.add(id);
    if (this.#seen.size <= kept) return;
    // Sets keep the order of insertion.
    for (const oldest of this.#seen) {
      this.#seen.delete(oldest);
      break;
    }
  }

  /** @returns false when it is no further than before */
  advance({ id, time }: OwnTrade): boolean {
    if (this.#mark !== null && (this.#mark.trade === id || isAtOrBefore(id, this.#mark.trade))) return false;
    this.#mark = { trade: id, time };
    return true;
  }
}

/** Only where the venue counts its trades; names that are no numbers tell nothing of their order. */
function isAtOrBefore(id: string, mark: string): boolean {
  return /^\d+$/.test(id) && /^\d+$/.test(mark) && BigInt(id) <= BigInt(mark);
}
