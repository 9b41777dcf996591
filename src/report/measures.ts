/** How each measure of the panel is called, written and bounded: for the table and for assertions. */
export interface Measure {
  readonly title: string;
  /** How it is written; `share` is a fraction shown in per cent. */
  readonly unit: "share" | "ratio" | "count" | "money" | "seconds";
  /** What it can never be below or above. */
  readonly min?: number;
  readonly max?: number;
}

export const measures = {
  totalReturn: { title: "Total return", unit: "share" },
  buyAndHoldReturn: { title: "Buy and hold", unit: "share", min: -1 },
  cagr: { title: "Growth a year", unit: "share", min: -1 },
  sharpe: { title: "Sharpe", unit: "ratio" },
  sortino: { title: "Sortino", unit: "ratio" },
  calmar: { title: "Calmar", unit: "ratio" },
  maxDrawdown: { title: "Max drawdown", unit: "share", min: -1, max: 0 },
  maxDrawdownDuration: { title: "Longest drawdown", unit: "seconds", min: 0 },
  volatility: { title: "Volatility a year", unit: "share", min: 0 },
  valueAtRisk95: { title: "Value at risk 95 %", unit: "share" },
  conditionalValueAtRisk95: { title: "Loss beyond it", unit: "share" },
  exposure: { title: "Time in the market", unit: "share", min: 0, max: 1 },
  trades: { title: "Trades", unit: "count", min: 0 },
  winRate: { title: "Win rate", unit: "share", min: 0, max: 1 },
  profitFactor: { title: "Profit factor", unit: "ratio", min: 0 },
  expectancy: { title: "Mean trade", unit: "share" },
  averageWin: { title: "Average win", unit: "share", min: 0 },
  averageLoss: { title: "Average loss", unit: "share", max: 0 },
  payoffRatio: { title: "Win / loss", unit: "ratio", min: 0 },
  bestTrade: { title: "Best trade", unit: "share" },
  worstTrade: { title: "Worst trade", unit: "share" },
  averageBars: { title: "Bars held", unit: "ratio", min: 0 },
  kelly: { title: "Kelly fraction", unit: "share", max: 1 },
  sqn: { title: "System quality", unit: "ratio" },
  fees: { title: "Fees", unit: "money", min: 0 },
  finalEquity: { title: "Final equity", unit: "money" },
  periodsPerYear: { title: "Periods a year", unit: "ratio", min: 0 },
} as const satisfies Record<string, Measure>;

export type MeasureName = keyof typeof measures;

export const measureNames = Object.keys(measures) as readonly MeasureName[];
