import type { CostFacts, RunFacts } from "./document.ts";
import { formatCost, formatMoney } from "./format.ts";

/** What the numbers rest on, in words: a paragraph on costs, one on the account. */
export function conditions(run: RunFacts): readonly string[] {
  const { risk } = run;
  const limits = risk === null ? [] : risk.limits.map(({ name, value }) => `${name} ${value}`);
  return [
    `Costs: ${costsOf(run.costs)}.`,
    `Account: ${accountOf(run)}.`,
    ...(limits.length === 0 ? [] : [`Risk policy: ${limits.join(", ")}.`]),
  ];
}

function costsOf(costs: CostFacts): string {
  const { preset, asOf, slippage, spread, impact, latency, fillLimit, entryBar } = costs;
  const words = [
    preset === null ? null : `${preset} as of ${asOf}`,
    feesOf(costs),
    `slippage ${formatCost(slippage)}`,
    spread === null ? null : `spread ${spread}`,
    impact === null ? null : `impact ${impact}`,
    latency === null ? null : `latency ${latency}`,
    fillLimit === "through" ? "limits fill when traded through" : "limits fill when touched",
    entryBar === "pessimistic"
      ? "in the bar of an entry its stop counts"
      : "attached exits act from the bar after the entry",
  ];
  return words.filter((word) => word !== null).join(", ");
}

function feesOf(costs: CostFacts): string {
  const { makerFee, takerFee, tiers, feePerOrder, feePerUnit, minFee, maxFee, feeCurrency } = costs;
  const rates =
    makerFee === takerFee
      ? `fees ${formatCost(takerFee)} a side`
      : `fees ${formatCost(makerFee)} a side resting, ${formatCost(takerFee)} at once`;
  const more = [
    tiers.length === 0 ? "" : ` (the first of ${tiers.length} tiers)`,
    feePerOrder === null ? "" : ` plus ${feePerOrder} an order`,
    feePerUnit === null ? "" : ` plus ${feePerUnit} a unit`,
    minFee === null ? "" : `, ${minFee} an order at least`,
    maxFee === null ? "" : `, ${formatCost(maxFee)} at most`,
    feeCurrency === "quote" ? "" : `, paid in ${feeCurrency === "base" ? "what is received" : feeCurrency}`,
  ];
  return `${rates}${more.join("")}`;
}

function accountOf(run: RunFacts): string {
  const kind =
    run.account === "cash" ? "cash account (no shorts, no debt)" : "margin account (shorts and debt allowed)";
  const start = `${formatMoney(run.cash)} ${run.currency} on ${run.venue}, a ${kind}`;
  const sizing = `orders by value sized at the ${run.sizing}, collar ${formatCost(run.collar)}`;
  const end = run.atEnd === "mark" ? "what is held at the end is valued" : "what is held at the end is sold";
  return `${start}; ${sizing}; ${end}; seed ${run.seed}`;
}
