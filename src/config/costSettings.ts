import {
  readCostPreset,
  readFeeAmount,
  readFeeCurrency,
  readImpact,
  readLatency,
  readSpread,
} from "./costValues.ts";
import type { Setting } from "./settings.ts";
import { readCost, readShare } from "./values.ts";

/** What trading costs, in money and in time; docs/costs.md has the models. */
export const costSettings = {
  costs: {
    group: "Money and orders",
    syntax: "<preset>",
    description: "Fees of a venue, such as binance-spot; what is set beside it goes before it",
    read: readCostPreset,
  },
  fee: {
    group: "Money and orders",
    syntax: "<share>",
    description: "Fee a side, of the order's value: 0.1%, 10bps or 0.001",
    default: "0.1%",
    read: readCost,
  },
  makerFee: {
    group: "Money and orders",
    syntax: "<share>",
    description: "Fee of orders that rested in the book (default: --fee)",
    read: readCost,
  },
  takerFee: {
    group: "Money and orders",
    syntax: "<share>",
    description: "Fee of orders that filled at once (default: --fee)",
    read: readCost,
  },
  feePerOrder: {
    group: "Money and orders",
    syntax: "<amount>",
    description: "Fee an order, on top of the others (default: none)",
    read: readFeeAmount,
  },
  feePerUnit: {
    group: "Money and orders",
    syntax: "<amount>",
    description: "Fee for each unit traded, such as a share, on top of the others (default: none)",
    read: readFeeAmount,
  },
  minFee: {
    group: "Money and orders",
    syntax: "<amount>",
    description: "Least fee an order (default: none)",
    read: readFeeAmount,
  },
  maxFee: {
    group: "Money and orders",
    syntax: "<share>",
    description: "Largest fee an order, of its value (default: none)",
    read: readShare,
  },
  feeCurrency: {
    group: "Money and orders",
    syntax: "<quote|base|…>",
    description: "What fees are paid in; a token with its price: BNB@600 (default: quote)",
    read: readFeeCurrency,
  },
  slippage: {
    group: "Money and orders",
    syntax: "<share>",
    description: "How much worse market and stop orders fill than the price shown",
    default: "5bps",
    read: readCost,
  },
  spread: {
    group: "Money and orders",
    syntax: "<share|ticks>",
    description: "Ask less bid, of which market and stop orders pay half: 2bps or 1tick (default: none)",
    read: readSpread,
  },
  impact: {
    group: "Money and orders",
    syntax: "<sqrt:Y|vol:k>",
    description: "Slippage by volatility, and by size with sqrt, on top of --slippage (default: none)",
    read: readImpact,
  },
  latency: {
    group: "Money and orders",
    syntax: "<delay>",
    description:
      "How long orders take: 50ms, 50ms±20ms, or until they leave, are seen, answered: 1ms/20ms/20ms",
    read: readLatency,
  },
} as const satisfies Record<string, Setting<unknown>>;
