/** Facts that explain why a measure is undefined. */
export interface Facts {
  /** Why there are no returns; `null` when there are. */
  readonly noReturns: string | null;
  readonly returns: number;
  /** What a return is of: "daily", "bar". */
  readonly each: string;
  readonly trades: number;
  readonly wins: number;
  readonly losses: number;
}

/** How the returns of a day, bar, trade or period are called. */
export const nouns = { day: "daily", bar: "bar", trade: "trade", period: "periodic" } as const;

type Reason = (facts: Facts) => string;

/**
 * One plain-words reason for each measure that is `null`.
 * @param known reasons that precede the table, by measure
 */
export function explainNulls(
  measures: object,
  facts: Facts,
  known: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(measures)) {
    if (value === null) found[name] = known[name] ?? (reasons[name] ?? notMeasured)(facts);
  }
  return found;
}

const anyReturn: Reason = ({ noReturns, each }) => noReturns ?? `there are no ${each} returns`;
const anyTrade: Reason = () => "there are no closed trades";
const noWin = "there is no win";
const noLoss = "there is no loss";
const notMeasured: Reason = () => "this run did not measure it";

const twoReturns =
  (otherwise: string): Reason =>
  (facts) =>
    facts.noReturns ?? (facts.returns < 2 ? `there are fewer than two ${facts.each} returns` : otherwise);

const growth: Reason = (facts) =>
  facts.returns === 0 ? anyReturn(facts) : "the growth of a year is too extreme for a number";

const winAndLoss: Reason = (facts) => {
  if (facts.trades === 0) return anyTrade(facts);
  return facts.losses === 0 ? noLoss : facts.wins === 0 ? noWin : "it is no finite number";
};

const reasons: Readonly<Record<string, Reason>> = {
  totalReturn: anyReturn,
  maxDrawdown: anyReturn,
  cagr: growth,
  sharpe: twoReturns("the returns do not vary"),
  sortino: twoReturns("no return is below the risk-free rate"),
  calmar: (facts) => (facts.returns === 0 ? anyReturn(facts) : "there was no drawdown"),
  volatility: twoReturns("the returns are too extreme for a number"),
  valueAtRisk95: anyReturn,
  conditionalValueAtRisk95: anyReturn,
  winRate: anyTrade,
  expectancy: anyTrade,
  bestTrade: anyTrade,
  worstTrade: anyTrade,
  averageBars: anyTrade,
  profitFactor: (facts) => (facts.trades === 0 ? anyTrade(facts) : noLoss),
  sqn: ({ trades }) =>
    trades < 2 ? "there are fewer than two closed trades" : "the profits of the trades do not vary",
  averageWin: (facts) => (facts.trades === 0 ? anyTrade(facts) : noWin),
  averageLoss: (facts) => (facts.trades === 0 ? anyTrade(facts) : noLoss),
  payoffRatio: winAndLoss,
  kelly: winAndLoss,
};
