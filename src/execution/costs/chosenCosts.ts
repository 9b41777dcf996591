import type { CostSettings, FeeCurrency } from "../../domain/costs.ts";
import { type Fixed, zero } from "../../domain/fixed.ts";
import { costPresets } from "./presets.ts";
import type { FeeTier } from "./tiered.ts";

/** Without a preset: 0.1 % a side and 5 bps of slippage. */
const usualRate: Fixed = { units: 1n, scale: 3 };
const usualSlippage: Fixed = { units: 5n, scale: 4 };

export interface ChosenCosts {
  readonly tiers: readonly FeeTier[];
  readonly perOrder: Fixed;
  readonly perUnit: Fixed;
  readonly minimum: Fixed | null;
  readonly maximumRate: Fixed | null;
  readonly currency: FeeCurrency;
  readonly slippage: Fixed;
}

/** The preset's members, each replaced by what was asked for by itself; without a preset, the usual ones. */
export function chosenCosts(settings: CostSettings): ChosenCosts {
  const { costs, makerFee, takerFee } = settings;
  const preset = costs === undefined ? undefined : costPresets[costs];
  const tiers = preset?.tiers ?? [{ from: zero, maker: usualRate, taker: usualRate }];
  return {
    // A rate that was named holds in every tier.
    tiers: tiers.map(({ from, maker, taker }) => ({
      from,
      maker: makerFee ?? maker,
      taker: takerFee ?? taker,
    })),
    perOrder: settings.feePerOrder ?? zero,
    perUnit: settings.feePerUnit ?? preset?.perUnit ?? zero,
    minimum: settings.minFee ?? preset?.minimum ?? null,
    maximumRate: settings.maxFee ?? preset?.maximumRate ?? null,
    currency: settings.feeCurrency ?? preset?.currency ?? "quote",
    slippage: settings.slippage ?? preset?.slippage ?? usualSlippage,
  };
}
