import type { Setting } from "./settings.ts";
import { readLeverage, readPositive, readShare, readText, readYearlyCost } from "./values.ts";

/** What a margin account and contracts need; docs/account.md has the formulas. */
export const accountSettings = {
  leverage: {
    group: "Money and orders",
    syntax: "<multiple>",
    description: "How many times its equity a margin account may be exposed (default: 1)",
    read: readLeverage,
  },
  maintenanceMargin: {
    group: "Money and orders",
    syntax: "<share>",
    description:
      "Equity that positions need, of their value, or they are liquidated (default: 50% / leverage)",
    read: readShare,
  },
  liquidationFee: {
    group: "Money and orders",
    syntax: "<share>",
    description: "Fee of a liquidation, of the value closed, beside the usual one (default: none)",
    read: readShare,
  },
  borrowRate: {
    group: "Money and orders",
    syntax: "<rate>",
    description: "Interest a year on what is sold short (default: none)",
    read: readYearlyCost,
  },
  debtRate: {
    group: "Money and orders",
    syntax: "<rate>",
    description: "Interest a year on borrowed cash (default: none)",
    read: readYearlyCost,
  },
  funding: {
    group: "Market data",
    syntax: "<file>",
    description: "Funding rates of a perpetual, with the columns timestamp and funding_rate",
    read: readText,
  },
  multiplier: {
    group: "Money and orders",
    syntax: "<n>",
    description: "Quote value of one contract at a price of 1 (default: 1)",
    read: readPositive,
  },
} as const satisfies Record<string, Setting<unknown>>;
