import type { Sizing } from "../domain/execution.ts";
import { addFixed, multiplyFixed, negateFixed } from "../domain/fixed.ts";
import { type Instrument, unitValue } from "../domain/instrument.ts";
import type { Offer } from "./bookFills.ts";
import { feeOf, type OrderCharges, withFill } from "./costs/feeOf.ts";
import type { FeeTerms } from "./costs/feeTerms.ts";
import { costOf, payable } from "./costs/payable.ts";
import type { Resting } from "./resting.ts";

/**
 * Gives an order by value its quantity when it first meets a book: what the value buys, fees included, when it walks
 * the offers level by level. Later levels fill that quantity; none finds it anew. True: the cap set the limit.
 */
export function sizeOnOffers(
  order: Pick<Resting, "command" | "sizing" | "charges">,
  offers: readonly Offer[],
  fees: FeeTerms,
): boolean {
  const { sizing, charges, command } = order;
  if (sizing.kind === "quantity") return false;
  const { plus, cap } = sizing;
  const bought = boughtOn(offers, sizing, fees, charges, command.instrument);
  order.sizing = { kind: "quantity", units: plus + (bought > cap ? cap : bought), mayShrink: true };
  return bought > cap;
}

/**
 * What `value` buys besides closing `plus`, which comes first and costs nothing of it. What the offers don't hold is
 * counted at the price of the last one.
 */
function boughtOn(
  offers: readonly Offer[],
  { value, plus }: Extract<Sizing, { kind: "value" }>,
  fees: FeeTerms,
  before: OrderCharges,
  instrument: Instrument,
): bigint {
  const { lot } = instrument;
  let [closing, left, bought, charges] = [plus, value, 0n, before];
  for (const [index, { price, available }] of offers.entries()) {
    const passed = available === null || available > closing ? closing : available;
    closing -= passed;
    const purchase = { unitValue: unitValue(instrument, price), lot, before: charges };
    const affordable = payable(fees, purchase, left);
    const held = available === null || index === offers.length - 1 ? null : available - passed;
    if (held === null || affordable <= held) {
      bought += affordable;
      break;
    }
    if (held === 0n) continue;
    bought += held;
    left = addFixed(left, negateFixed(costOf(fees, purchase, held)));
    const part = {
      value: multiplyFixed(purchase.unitValue, { units: held, scale: lot.scale }),
      quantity: held,
      lotScale: lot.scale,
    };
    charges = withFill(fees, part, feeOf(fees, part, charges), charges);
  }
  return bought;
}
