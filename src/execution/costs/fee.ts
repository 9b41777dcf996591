import { type Fixed, onePlus } from "../../domain/fixed.ts";

/** What a venue charges, as a fraction of the traded value. */
export interface FeeModel {
  rate(maker: boolean): Fixed;
  /** 1 + rate: what a price comes to when it is bought at. */
  factor(maker: boolean): Fixed;
}

/** A percentage of value, paid at entry and at exit alike. */
export function percentFee(rates: { readonly maker: Fixed; readonly taker: Fixed }): FeeModel {
  const factors = { maker: onePlus(rates.maker), taker: onePlus(rates.taker) };
  return {
    rate: (maker) => (maker ? rates.maker : rates.taker),
    factor: (maker) => (maker ? factors.maker : factors.taker),
  };
}
