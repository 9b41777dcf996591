import type { CostDescription, CostSettings } from "../../domain/costs.ts";
import { type Fixed, formatFixed } from "../../domain/fixed.ts";
import type { ChosenCosts } from "./chosenCosts.ts";
import { costPresets } from "./presets.ts";

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
