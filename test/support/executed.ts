import { type Execution, tradedValue } from "../../src/domain/execution.ts";
import { zero } from "../../src/domain/fixed.ts";

type Given = Pick<Execution, "instrument" | "side" | "price" | "quantity"> & Partial<Execution>;

/** A whole taker's fill without a fee, but for what is given. */
export function executed(given: Given): Execution {
  return {
    kind: "fill",
    number: 1,
    time: 0,
    bar: 0,
    value: tradedValue(given.instrument, given.price, given.quantity),
    fee: { amount: zero, currency: "USD" },
    maker: false,
    remaining: 0n,
    clipped: false,
    ...given,
  };
}
