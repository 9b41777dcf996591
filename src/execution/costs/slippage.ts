import { type Fixed, pow10 } from "../../domain/fixed.ts";
import { type Instrument, snapPrice } from "../../domain/instrument.ts";
import type { OrderSide } from "../../domain/order.ts";

/** How much worse than the printed price a market or stop order fills. */
export interface SlippageModel {
  slip(price: Fixed, side: OrderSide, instrument: Instrument): Fixed;
}

/** A fraction of the price (5 bps = 0.0005), rounded to the tick against us. */
export function fractionSlippage(fraction: Fixed): SlippageModel {
  const one = pow10(fraction.scale);
  return {
    slip(price, side, instrument) {
      const buys = side === "buy";
      if (fraction.units === 0n) return snapPrice(instrument, price, buys);
      const factor = buys ? one + fraction.units : one - fraction.units;
      return snapPrice(
        instrument,
        { units: price.units * factor, scale: price.scale + fraction.scale },
        buys,
      );
    },
  };
}
