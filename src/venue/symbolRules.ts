import { ValidationError } from "../domain/errors.ts";
import { type Fixed, parseFixed, unitsToNumber } from "../domain/fixed.ts";
import { currenciesOf, normalizeSymbol } from "../domain/symbol.ts";
import { amountScale } from "./amount.ts";
import type { SymbolRules } from "./contract.ts";

/**
 * The usual markets with Binance's steps, as of 2025 (ETHBTC and BNBBTC with lots one digit coarser, so that price ×
 * quantity has no more than 8 decimals), and prices that a random walk starts from.
 * Columns: base quote price tick step maxQty marketMaxQty minNotional.
 */
const usual = `
  BTC USDT 60000 0.01 0.00001 9000 120 5
  ETH USDT 3000 0.01 0.0001 9000 2800 5
  BNB USDT 600 0.01 0.001 900000 3200 5
  XRP USDT 0.6 0.0001 0.1 9222449 2500000 5
  SOL USDT 150 0.01 0.001 90000 24000 5
  ADA USDT 0.4 0.0001 0.1 900000 800000 5
  DOGE USDT 0.12 0.00001 1 9000000 8000000 1
  ETH BTC 0.05 0.00001 0.001 100000 2500 0.0001
  BNB BTC 0.01 0.00001 0.001 100000 2000 0.0001
`;

export interface KnownMarket {
  readonly rules: SymbolRules;
  /** What a random walk starts from. */
  readonly price: Fixed;
}

/** By symbol, as BTCUSDT. */
export const knownMarkets: ReadonlyMap<string, KnownMarket> = new Map(
  usual
    .trim()
    .split("\n")
    .map((line) => {
      const [base, quote, price, tickSize, stepSize, maxQty, marketMaxQty, minNotional] = line
        .trim()
        .split(" ") as [string, string, string, string, string, string, string, string];
      const rules = rulesOf(base, quote, { tickSize, stepSize, maxQty, marketMaxQty, minNotional });
      return [rules.symbol, { rules, price: parseFixed(price) }];
    }),
);

export interface Steps {
  readonly tickSize: string;
  readonly stepSize: string;
  readonly maxQty?: string;
  readonly marketMaxQty?: string;
  readonly minNotional?: string;
}

/** Rules of a market with the given steps; everything else as Binance has it for most. */
export function rulesOf(baseAsset: string, quoteAsset: string, steps: Steps): SymbolRules {
  const { tickSize, stepSize, maxQty = "9000000", marketMaxQty = maxQty, minNotional = "5" } = steps;
  const [tick, step] = [parseFixed(tickSize), parseFixed(stepSize)];
  return checkedRules({
    symbol: `${baseAsset}${quoteAsset}`,
    baseAsset,
    quoteAsset,
    precision: amountScale,
    tickSize: tick,
    minPrice: tick,
    maxPrice: { units: tick.units * 100_000_000n, scale: tick.scale },
    stepSize: step,
    minQty: step,
    maxQty: parseFixed(maxQty),
    marketMaxQty: parseFixed(marketMaxQty),
    minNotional: parseFixed(minNotional),
    maxNotional: parseFixed("9000000"),
    bidMultiplierUp: parseFixed("5"),
    bidMultiplierDown: parseFixed("0.2"),
    askMultiplierUp: parseFixed("5"),
    askMultiplierDown: parseFixed("0.2"),
    maxNumOrders: 200,
    maxNumAlgoOrders: 5,
    maxNumOrderLists: 20,
  });
}

/** @throws ValidationError GEO-VALUE when values at these steps would have more decimals than money is counted in. */
export function checkedRules(rules: SymbolRules): SymbolRules {
  const decimals = rules.tickSize.scale + rules.stepSize.scale;
  if (decimals > amountScale) {
    throw new ValidationError(
      "GEO-VALUE",
      `${rules.symbol}: expected tick and step of ${amountScale} decimals together, found ${decimals}`,
      { hint: "Choose a coarser step of the quantity." },
    );
  }
  return rules;
}

/**
 * Rules for the prices of a file: those of the usual markets where the symbol is one, else steps that suit its prices:
 * a tick with their decimals, and a step worth cents.
 * @param prices the first ones, or all
 */
export function rulesForPrices(symbol: string, prices: readonly Fixed[]): SymbolRules {
  const { base, quote } = currenciesOf(normalizeSymbol(symbol));
  const [baseAsset, quoteAsset] = [assetName(base), assetName(quote)];
  const known = knownMarkets.get(`${baseAsset}${quoteAsset}`);
  if (known !== undefined) return known.rules;
  const tickScale = Math.min(amountScale, Math.max(0, ...prices.map(decimalsOf)));
  const [first = parseFixed("1")] = prices;
  const magnitude = Math.ceil(Math.log10(Math.max(1e-9, unitsToNumber(first.units, first.scale))));
  const stepScale = Math.max(0, Math.min(5, amountScale - tickScale, magnitude + 1));
  return rulesOf(baseAsset, quoteAsset, { tickSize: stepText(tickScale), stepSize: stepText(stepScale) });
}

function assetName(text: string): string {
  return text.replace(/[^A-Z0-9]/g, "");
}

function stepText(scale: number): string {
  return scale === 0 ? "1" : `0.${"1".padStart(scale, "0")}`;
}

/** Decimals that are not zero. */
function decimalsOf({ units, scale }: Fixed): number {
  let [rest, decimals] = [units, scale];
  while (decimals > 0 && rest % 10n === 0n) {
    rest /= 10n;
    decimals--;
  }
  return decimals;
}
