import type { CostSettings } from "../../domain/costs.ts";
import { type Fixed, formatFixed } from "../../domain/fixed.ts";
import type { ChosenCosts } from "./chosenCosts.ts";
import { costPresets } from "./presets.ts";

/** For the report: fractions and amounts as exact decimal texts, null where there is none. */
export interface CostDescription {
  readonly preset: string | null;
  readonly source: string | null;
  /** Day the preset's figures are stated for. */
  readonly asOf: string | null;
  readonly note: string | null;
  /** Of the first tier. */
  readonly makerFee: string;
  readonly takerFee: string;
  /** Every tier, when there is more than one. */
  readonly tiers: readonly { readonly from: string; readonly makerFee: string; readonly takerFee: string }[];
  readonly feePerOrder: string | null;
  readonly feePerUnit: string | null;
  readonly minFee: string | null;
  readonly maxFee: string | null;
  /** "quote", "base" or token@price. */
  readonly feeCurrency: string;
  readonly slippage: string;
  readonly spread: string | null;
  readonly impact: string | null;
  readonly latency: string | null;
}

export function describeCosts(costs: ChosenCosts, settings: CostSettings): CostDescription {
  const preset = settings.costs === undefined ? null : costPresets[settings.costs];
  const tiers = costs.tiers.map(({ from, maker, taker }) => ({
    from: formatFixed(from),
    makerFee: formatFixed(maker),
    takerFee: formatFixed(taker),
  }));
  return {
    preset: settings.costs ?? null,
    source: preset?.source ?? null,
    asOf: preset?.asOf ?? null,
    note: preset?.note ?? null,
    makerFee: tiers[0]!.makerFee,
    takerFee: tiers[0]!.takerFee,
    tiers: tiers.length > 1 ? tiers : [],
    feePerOrder: amountOf(costs.perOrder),
    feePerUnit: amountOf(costs.perUnit),
    minFee: costs.minimum === null ? null : formatFixed(costs.minimum),
    maxFee: costs.maximumRate === null ? null : formatFixed(costs.maximumRate),
    feeCurrency: typeof costs.currency === "string" ? costs.currency : costs.currency.label,
    slippage: formatFixed(costs.slippage),
    spread: settings.spread?.label ?? null,
    impact: settings.impact?.label ?? null,
    latency: settings.latency?.label ?? null,
  };
}

function amountOf(amount: Fixed): string | null {
  return amount.units === 0n ? null : formatFixed(amount);
}
