import { addFixed } from "../../domain/fixed.ts";
import { type FeeSchedule, type FeeTerms, freeTerms } from "./feeTerms.ts";

/** What holds for an order as a whole, whichever methods its fee is made of. */
export type FeeBounds = Pick<FeeTerms, "minimum" | "maximumRate" | "currency">;

/** The sum of the terms that lead here, and where each next part's terms lead. */
interface Known {
  readonly sum: FeeTerms;
  readonly next: Map<FeeTerms, Known>;
  /** The last of them that was asked for. */
  recent: FeeTerms | null;
  recentNext: Known | null;
}

/** All of `parts` are charged; the bounds and the currency are those of the whole. */
export function combinedFees(parts: readonly FeeSchedule[], bounds: FeeBounds): FeeSchedule {
  const start = knownOf({ ...freeTerms, ...bounds });
  return {
    // There are a handful of terms, maker and taker of each tier: each sum is made once.
    terms(maker, instrument, time) {
      let known = start;
      for (const part of parts) {
        const terms = part.terms(maker, instrument, time);
        known = known.recent === terms ? known.recentNext! : nextOf(known, terms);
      }
      return known.sum;
    },
    save: () => parts.map((part) => part.save?.() ?? null),
    load(states) {
      for (const [i, part] of parts.entries()) part.load?.((states as readonly unknown[])[i]);
    },
    booked(value, instrument, time) {
      for (const part of parts) part.booked?.(value, instrument, time);
    },
  };
}

function knownOf(sum: FeeTerms): Known {
  return { sum, next: new Map(), recent: null, recentNext: null };
}

function nextOf(known: Known, terms: FeeTerms): Known {
  const next = known.next.get(terms) ?? knownOf(plus(known.sum, terms));
  known.next.set(terms, next);
  known.recent = terms;
  known.recentNext = next;
  return next;
}

function plus(sum: FeeTerms, terms: FeeTerms): FeeTerms {
  return {
    ...sum,
    rate: addFixed(sum.rate, terms.rate),
    perUnit: addFixed(sum.perUnit, terms.perUnit),
    perOrder: addFixed(sum.perOrder, terms.perOrder),
  };
}
