import { addFixed, type Fixed, multiplyFixed, widen, zero } from "../../domain/fixed.ts";
import { type Instrument, snapPrice } from "../../domain/instrument.ts";
import type { OrderSide } from "../../domain/order.ts";

/** What is known of a fill before its price is. */
export interface SlipInput {
  /** As printed, before any cost; > 0. */
  readonly price: Fixed;
  readonly side: OrderSide;
  readonly instrument: Instrument;
  /** Base units; an estimate will do. */
  readonly quantity: number;
  /** Of the bar that fills, base units; NaN: unknown. */
  readonly volume: number;
  /** Sample deviation of the log returns of closes known before the fill, a bar; NaN: unknown. */
  readonly volatility: number;
  /** Ask less bid of the moment, when `price` lies between them; null: unknown. */
  readonly spread: Fixed | null;
}

/** One reason why an order fills worse than the price shown: by how much, in quote currency a unit, ≥ 0. */
export interface PriceMove {
  of(input: SlipInput): Fixed;
}

/** How often a move had to do without a number it is made from. The report warns. */
export interface MoveGaps {
  volume: number;
  volatility: number;
}

export interface Slippage {
  /** The price of the fill: moved against us by the sum of all moves, then to the tick against us, never below 0. */
  slip(input: SlipInput): Fixed;
  readonly gaps: MoveGaps;
}

export function slippageOf(moves: readonly PriceMove[], gaps: MoveGaps): Slippage {
  return {
    gaps,
    slip(input) {
      const { price, side, instrument } = input;
      let move = moves[0]?.of(input) ?? zero;
      for (let i = 1; i < moves.length; i++) move = addFixed(move, moves[i]!.of(input));
      const scale = Math.max(price.scale, move.scale);
      const shown = widen(price.units, price.scale, scale);
      const away = widen(move.units, move.scale, scale);
      if (side === "buy") return snapPrice(instrument, { units: shown + away, scale }, true);
      // Moves add up to more than the price in a crash at most; nobody pays to be rid of a share.
      if (away >= shown) return zero;
      return snapPrice(instrument, { units: shown - away, scale }, false);
    },
  };
}

/** Models in doubles are taken to this many decimals of the price, rounded up: against us. */
const fractionDecimals = 8;
/** A move by more than the price itself means nothing, for either side. */
const largestFraction = 1;

/** `price` × `fraction`, the fraction rounded up to 1e-8. */
export function shareOf(price: Fixed, fraction: number): Fixed {
  const units = Math.ceil(Math.min(fraction, largestFraction) * 10 ** fractionDecimals);
  return multiplyFixed(price, { units: BigInt(units), scale: fractionDecimals });
}
