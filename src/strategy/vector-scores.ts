import { describe } from "../domain/decimal.ts";
import { ValidationError } from "../domain/errors.ts";
import type { VectorStrategy } from "./contract.ts";
import type { Direction } from "./direction.ts";

/** Whose scores, for messages. */
export interface ScoreOrigin {
  readonly name: string;
  readonly symbol: string;
}

/**
 * One score a price. The function gets `prices` itself: hand it a copy.
 * @throws ValidationError GEO-STRATEGY-THREW when it returns anything but as many scores as there are prices.
 */
export function evaluateScores(
  score: VectorStrategy,
  prices: Float64Array,
  origin: ScoreOrigin,
): ArrayLike<unknown> {
  const { length } = prices;
  const scores: unknown = score(prices);
  const found = (scores as { length?: unknown } | null | undefined)?.length;
  if (typeof scores === "object" && scores !== null && found === length) return scores as ArrayLike<unknown>;
  const what = typeof scores === "object" && typeof found === "number" ? `${found} scores` : describe(scores);
  throw new ValidationError(
    "GEO-STRATEGY-THREW",
    `strategy ${origin.name}: expected ${length} scores for ${length} prices of ${origin.symbol}, found ${what}`,
    {
      hint: "A vectorised strategy returns one number a price: above 0 long, below 0 short, 0 flat, NaN no opinion.",
    },
  );
}

/** The score's direction; undefined where it is NaN or absent: no opinion, as "hold". */
export function directionAt(
  scores: ArrayLike<unknown>,
  bar: number,
  origin: ScoreOrigin,
): Direction | undefined {
  const score = scores[bar];
  if (score === undefined || score === null) return undefined;
  if (typeof score !== "number") {
    throw new ValidationError(
      "GEO-STRATEGY-THREW",
      `strategy ${origin.name}: bar ${bar} of ${origin.symbol}: expected a number as score, found ${describe(score)}`,
    );
  }
  if (Number.isNaN(score)) return undefined;
  return score > 0 ? 1 : score < 0 ? -1 : 0;
}
