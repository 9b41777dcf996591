import { approximate, type Fixed } from "../../domain/fixed.ts";
import type { CostEstimate } from "../../domain/ports.ts";
import type { CostModels } from "./costModels.ts";
import { noCharges } from "./feeOf.ts";
import type { FeeTerms } from "./feeTerms.ts";
import { costOf, payable } from "./payable.ts";

/**
 * What a run's models will charge, for those who must know before: of the size of the market nothing is known yet.
 * Made of models of its own, so that what real fills had to do without is counted apart.
 */
export function costEstimate({ fees, slippage }: Pick<CostModels, "fees" | "slippage">): CostEstimate {
  let known: FeeTerms | null = null;
  let factor = 1;
  let perUnit = 0;
  let perOrder = 0;
  function learn(terms: FeeTerms): void {
    known = terms;
    factor = 1 + doubleOf(terms.rate);
    perUnit = doubleOf(terms.perUnit);
    perOrder = doubleOf(terms.perOrder) + (terms.minimum === null ? 0 : doubleOf(terms.minimum));
  }
  return {
    slip(price, side, instrument, quantity) {
      const unknown = Number.NaN;
      return slippage.slip({
        price,
        side,
        instrument,
        quantity,
        volume: unknown,
        volatility: unknown,
        spread: null,
      });
    },
    costOf({ instrument, unitValue, maker, time }, quantity) {
      const terms = fees.terms(maker, instrument, time);
      return costOf(terms, { unitValue, lot: instrument.lot, before: noCharges }, quantity);
    },
    payable({ instrument, unitValue, maker, time }, funds) {
      const terms = fees.terms(maker, instrument, time);
      return payable(terms, { unitValue, lot: instrument.lot, before: noCharges }, funds);
    },
    atMost({ instrument, maker, time }, value, quantity) {
      const terms = fees.terms(maker, instrument, time);
      if (terms !== known) learn(terms);
      return value * factor + quantity * perUnit + perOrder;
    },
  };
}

function doubleOf({ units, scale }: Fixed): number {
  return approximate(units, scale);
}
