import { ValidationError } from "../domain/errors.ts";
import { seededRandom } from "../domain/random.ts";
import type { VectorStrategy } from "./contract.ts";
import type { Direction } from "./direction.ts";
import { directionAt, evaluateScores, type ScoreOrigin } from "./vector-scores.ts";

/** Directions of a whole series that agreed with those of every prefix tried. */
export interface CheckedScores {
  directionAt(bar: number): Direction | undefined;
  /** How many prefixes were tried. */
  readonly prefixes: number;
  /** On how many of the first bars the score of the past alone was another, and was taken. */
  readonly corrected: number;
}

/**
 * Scores a whole series at once, and holds them to the rule that only f(prices[0..t])[t] counts. The first 256 bars are
 * scored on their own past, each; 35 later ones are compared, and must agree. Directions are compared, as only they
 * decide. A sample proves no innocence; the report says how many prefixes were tried.
 * @throws ValidationError GEO-STRATEGY-LOOKAHEAD naming the bar and both scores.
 */
export function checkCausality(
  score: VectorStrategy,
  prices: Float64Array,
  origin: ScoreOrigin & { readonly warmup: number },
): CheckedScores {
  const first = Math.max(origin.warmup, 1) - 1;
  // Copied, as the function may answer with a view of what it reuses.
  const scores = Array.from(evaluateScores(score, prices.slice(), origin));
  const directions = new Int8Array(prices.length);
  for (let bar = first; bar < prices.length; bar++) {
    directions[bar] = directionAt(scores, bar, origin) ?? noOpinion;
  }
  const bars = barsToCheck(directions, first);
  let corrected = 0;
  for (const bar of bars) {
    const alone = scorePrefix(score, prices.slice(0, bar + 1), origin);
    const direction = directionAt(alone, bar, origin) ?? noOpinion;
    if (direction === directions[bar]) continue;
    // A back-filled warm-up is no crime: at the start every bar is scored on its own past, and that counts.
    if (bar >= first + exhaustive) throw lookAhead(origin, bar, alone[bar], scores[bar]);
    directions[bar] = direction;
    corrected++;
  }
  return {
    directionAt: (bar) => (directions[bar] === noOpinion ? undefined : (directions[bar] as Direction)),
    prefixes: bars.size,
    corrected,
  };
}

const noOpinion = 2;
const exhaustive = 256;
const sampled = 16;
const lastOnes = 3;

/** The first bars, some spaced by ratio, some of those where the direction turns (what trades), and the last. */
function barsToCheck(directions: Int8Array, first: number): Set<number> {
  const { length } = directions;
  const bars = new Set<number>();
  const add = (bar: number) => bar >= first && bar < length && bars.add(bar);
  for (let bar = first; bar < first + exhaustive; bar++) add(bar);
  const start = first + exhaustive;
  for (let i = 0; i < sampled; i++) add(Math.floor(start * (length / start) ** (i / sampled)));
  const turns: number[] = [];
  for (let bar = start; bar < length; bar++) if (directions[bar] !== directions[bar - 1]) turns.push(bar);
  const random = seededRandom(length);
  for (let i = 0; i < sampled && turns.length > 0; i++) add(turns[Math.floor(random() * turns.length)]!);
  for (let bar = length - lastOnes; bar < length; bar++) add(bar);
  return bars;
}

function scorePrefix(score: VectorStrategy, prefix: Float64Array, origin: ScoreOrigin): ArrayLike<unknown> {
  const { length } = prefix;
  try {
    return evaluateScores(score, prefix, origin);
  } catch (cause) {
    throw new ValidationError(
      "GEO-STRATEGY-THREW",
      `strategy ${origin.name}: failed on the first ${length} prices of ${origin.symbol}, though not on all of them: ${cause instanceof Error ? cause.message : String(cause)}`,
      { hint: `If it needs more than ${length} prices, say so: set the function's \`warmup\`.`, cause },
    );
  }
}

function lookAhead(origin: ScoreOrigin, bar: number, alone: unknown, whole: unknown): ValidationError {
  return new ValidationError(
    "GEO-STRATEGY-LOOKAHEAD",
    `strategy ${origin.name}: bar ${bar} of ${origin.symbol}: the score is ${String(alone)} when the prices end there, and ${String(whole)} when later prices are known; a score that changes with the future looks ahead`,
    {
      hint: "Use trailing windows, keep no state between calls and draw no random numbers. If only the first bars differ, set the function's `warmup` to the number of prices it needs.",
    },
  );
}
