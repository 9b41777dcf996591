import type { CostPresetName, FeeCurrency } from "../../domain/costs.ts";
import { type Fixed, parseFixed, zero } from "../../domain/fixed.ts";
import type { FeeTier } from "./tiered.ts";

/** What a venue charged the public at a certain date. Not advice: venues change their fees, and by country. */
export interface CostPreset {
  /** From volume 0 upwards; more than one only where the venue goes by volume alone. */
  readonly tiers: readonly FeeTier[];
  readonly perUnit: Fixed;
  readonly minimum: Fixed | null;
  readonly maximumRate: Fixed | null;
  readonly currency: FeeCurrency;
  /** Fraction of the price; null: not the venue's matter, the usual slippage holds. */
  readonly slippage: Fixed | null;
  /** The venue's own page. */
  readonly source: string | null;
  /** The latest day for which the figures are stated somewhere; null: the copy that was read bears no date. */
  readonly asOf: string | null;
  /** How sure the figures are and what they leave out; one sentence or two. */
  readonly note: string;
}

const plain = {
  perUnit: zero,
  minimum: null,
  maximumRate: null,
  currency: "quote",
  slippage: null,
} as const satisfies Partial<CostPreset>;

/** `from maker taker`, a tier a line: dollars of 30 days, then per cent. */
function tiersOf(...lines: readonly string[]): readonly FeeTier[] {
  return lines.map((line) => {
    const [from, maker, taker] = line.split(" ").map(parseFixed) as [Fixed, Fixed, Fixed];
    return { from, maker: ofPercent(maker), taker: ofPercent(taker) };
  });
}

function ofPercent({ units, scale }: Fixed): Fixed {
  return { units, scale: scale + 2 };
}

const binance = "https://www.binance.com/en/fee/schedule";
const bybit = "https://www.bybit.com/en/help-center/article/Trading-Fee-Structure";

/** All figures as read on 2026-11-23; docs/costs.md tells the same, and a test holds the two together. */
export const costPresets: Readonly<Record<CostPresetName, CostPreset>> = {
  zero: {
    ...plain,
    tiers: tiersOf("0 0 0"),
    slippage: zero,
    source: null,
    asOf: null,
    note: "No fee, no slippage: for comparing engines, not for judging strategies.",
  },
  "binance-spot": {
    ...plain,
    tiers: tiersOf("0 0.1 0.1"),
    currency: "base",
    source: binance,
    asOf: "2022-06-01",
    note: "Regular user, as announced by Binance for 2022-06-01; trading software of 2026 still assumes it. VIP levels also need BNB held, and are left out.",
  },
  "binance-spot-bnb": {
    ...plain,
    tiers: tiersOf("0 0.075 0.075"),
    currency: { token: "BNB", price: parseFixed("600"), label: "BNB@600" },
    source: binance,
    asOf: "2022-06-01",
    note: "Regular user, 25 % off when paid in BNB, as announced for 2022-06-01. The price of BNB is a round assumption that hardly matters: it only decides how many BNB a fee is.",
  },
  "binance-usdm": {
    ...plain,
    tiers: tiersOf("0 0.02 0.05"),
    source: "https://www.binance.com/en/fee/futureFee",
    asOf: "2026-10-12",
    note: "Regular user, by a fee index that checked Binance's page on 2026-10-12. VIP levels also need BNB held, and are left out; so is the 10 % off when paid in BNB.",
  },
  "bybit-spot": {
    ...plain,
    tiers: tiersOf("0 0.1 0.1"),
    currency: "base",
    source: bybit,
    asOf: null,
    note: "VIP 0, from an undated copy of the help page. The volumes of higher levels are stated differently in different places, and are left out. Pairs with fiat money cost more.",
  },
  "bybit-linear": {
    ...plain,
    tiers: tiersOf("0 0.02 0.055"),
    source: bybit,
    asOf: "2026-10-16",
    note: "VIP 0, by a fee index that checked Bybit's page on 2026-10-16. Higher levels are left out.",
  },
  "okx-spot": {
    ...plain,
    tiers: tiersOf(
      "0 0.08 0.1",
      "10000000 0.06 0.08",
      "20000000 0.05 0.07",
      "50000000 0.03 0.06",
      "100000000 0.02 0.05",
      "200000000 0 0.04",
      "500000000 0 0.03",
      "1000000000 0 0.025",
      "10000000000 0 0.02",
    ),
    currency: "base",
    source: "https://www.okx.com/fees",
    asOf: null,
    note: "Level 1 and VIP 1 to 8 by volume, from an undated copy of OKX's page; a later help page puts at least VIP 2 at a lower volume. Rebates from VIP 6 on count as 0.",
  },
  "kraken-spot": {
    ...plain,
    tiers: tiersOf(
      "0 0.25 0.4",
      "10000 0.2 0.35",
      "50000 0.14 0.24",
      "100000 0.12 0.22",
      "250000 0.1 0.2",
      "500000 0.08 0.18",
      "1000000 0.06 0.16",
      "2500000 0.04 0.14",
      "5000000 0.02 0.12",
      "10000000 0 0.1",
    ),
    source: "https://www.kraken.com/features/fee-schedule",
    asOf: null,
    note: "From undated answers of Kraken's own API (AssetPairs), as kept in public repositories. Pairs of stablecoins and currencies have another schedule.",
  },
  "coinbase-advanced": {
    ...plain,
    tiers: tiersOf(
      "0 0.4 0.6",
      "10000 0.25 0.4",
      "50000 0.15 0.25",
      "100000 0.1 0.2",
      "1000000 0.08 0.18",
      "15000000 0.06 0.16",
      "75000000 0.03 0.12",
      "250000000 0 0.08",
      "400000000 0 0.05",
    ),
    source: "https://help.coinbase.com/en/coinbase/trading-and-funding/advanced-trade/advanced-trade-fees",
    asOf: null,
    note: "Coinbase shows its table to customers only: these are two undated secondary sources that agree. Not verified; the first tiers may cost more today.",
  },
  "ibkr-fixed": {
    ...plain,
    tiers: tiersOf("0 0 0"),
    perUnit: parseFixed("0.005"),
    minimum: parseFixed("1"),
    maximumRate: parseFixed("0.01"),
    source: "https://www.interactivebrokers.com/en/pricing/commissions-stocks.php",
    asOf: "2025-07-12",
    note: "US shares, IBKR Pro fixed: USD 0.005 a share, USD 1 to 1 % of value an order. Regulatory fees of sales are left out: SEC 0.00278 % of value, FINRA USD 0.000166 a share on the copy of the page that was read.",
  },
};
