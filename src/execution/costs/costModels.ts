import type { CostDescription, CostSettings } from "../../domain/costs.ts";
import type { Savable } from "../../domain/picture.ts";
import type { RandomState } from "../../domain/random.ts";
import { type ChosenCosts, chosenCosts } from "./chosenCosts.ts";
import { combinedFees } from "./combinedFees.ts";
import { describeCosts } from "./describeCosts.ts";
import type { FeeSchedule } from "./feeTerms.ts";
import { fixedMove } from "./fixedMove.ts";
import { type LatencyModel, latencyModel, noLatency } from "./latency.ts";
import { makerTaker } from "./makerTaker.ts";
import { perOrder } from "./perOrder.ts";
import { perUnit } from "./perUnit.ts";
import { type MoveGaps, type PriceMove, type Slippage, slippageOf } from "./priceMove.ts";
import { spreadMove } from "./spreadMove.ts";
import { squareRootMove } from "./squareRootMove.ts";
import { tiered } from "./tiered.ts";
import { volatilityMove } from "./volatilityMove.ts";

export interface CostState {
  readonly fees: unknown;
  readonly gaps: MoveGaps;
  readonly latency: readonly RandomState[];
}

/** What a run charges. Made afresh for each run: tiers, gaps and latency remember. */
export interface CostModels extends Savable<CostState> {
  readonly fees: FeeSchedule;
  readonly slippage: Slippage;
  readonly latency: LatencyModel;
  readonly described: CostDescription;
}

/** The models that `settings` ask for; `seed` is the run's, of which latency takes its own streams. */
export function costModelsOf(settings: CostSettings, seed: number): CostModels {
  const costs = chosenCosts(settings);
  const gaps: MoveGaps = { volume: 0, volatility: 0 };
  const fees = feesOf(costs);
  const latency = settings.latency === undefined ? noLatency : latencyModel(settings.latency, seed);
  return {
    fees,
    slippage: slippageOf(movesOf(costs, settings, gaps), gaps),
    latency,
    described: describeCosts(costs, settings),
    save: () => ({ fees: fees.save?.() ?? null, gaps, latency: latency.save() }),
    load(state) {
      fees.load?.(state.fees);
      Object.assign(gaps, state.gaps);
      latency.load(state.latency);
    },
  };
}

function feesOf({ tiers, minimum, maximumRate, currency, ...amounts }: ChosenCosts): FeeSchedule {
  const parts = [tiers.length === 1 ? makerTaker(tiers[0]!) : tiered(tiers)];
  if (amounts.perOrder.units !== 0n) parts.push(perOrder(amounts.perOrder));
  if (amounts.perUnit.units !== 0n) parts.push(perUnit(amounts.perUnit));
  return combinedFees(parts, { minimum, maximumRate, currency });
}

function movesOf(
  { slippage }: ChosenCosts,
  { spread, impact }: CostSettings,
  gaps: MoveGaps,
): readonly PriceMove[] {
  const moves: PriceMove[] = [fixedMove(slippage)];
  if (spread !== undefined) moves.push(spreadMove(spread));
  if (impact?.kind === "volatility") moves.push(volatilityMove(impact.factor, gaps));
  if (impact?.kind === "squareRoot") moves.push(squareRootMove(impact.factor, gaps));
  return moves;
}
