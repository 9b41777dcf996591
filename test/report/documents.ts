import { computePanel } from "../../src/metrics/panel.ts";
import type { BacktestDocument, RunFacts, TradeRecord } from "../../src/report/document.ts";

const day = (n: number) => Date.UTC(2024, 0, 1 + n);

export const trade: TradeRecord = {
  symbol: "BTC/USDT",
  side: "long",
  quantity: "0.5",
  entryTime: "2024-01-01T00:00:00Z",
  entryPrice: "42000",
  entryBar: 1,
  exitTime: "2024-01-03T00:00:00Z",
  exitPrice: "43000",
  exitBar: 3,
  fees: "42.5",
  pnl: "457.5",
  return: 0.0217857142857142,
  bars: 2,
  entryTag: null,
  exitTag: 'stop, "hard"',
};

export const metrics = computePanel({
  initialEquity: "10000",
  finalEquity: "11234.567891",
  fees: "42.5",
  daily: [
    [day(1), "10100"],
    [day(2), "9900"],
    [day(3), "11234.567891"],
  ],
  barMs: 86_400_000,
  maxDrawdown: -0.0198,
  maxDrawdownDuration: 86_400,
  exposure: 0.5,
  buyAndHoldReturn: 0.2,
  trades: [trade],
  options: {},
});

const run: RunFacts = {
  id: "0123456789ab",
  version: "0.1.0",
  strategy: {
    name: "sma-cross",
    params: { fast: 10 },
    sha256: "a".repeat(64),
    form: "definition",
    path: "/x/s.ts",
  },
  data: [
    {
      path: "data/b.csv",
      sha256: "b".repeat(64),
      symbol: "BTC/USDT",
      rows: 3,
      from: "2024-01-01T00:00:00Z",
      to: "2024-01-04T00:00:00Z",
      timeframe: "1d",
    },
  ],
  venue: "SIMULATED",
  account: "cash",
  currency: "USDT",
  seed: 1,
  cash: "10000",
  costs: {
    makerFee: "0.001",
    takerFee: "0.001",
    slippage: "0.0005",
    fillLimit: "through",
    entryBar: "pessimistic",
  },
  sizing: "fill",
  collar: "0.05",
  atEnd: "mark",
  from: "2024-01-02T00:00:00Z",
  to: "2024-01-04T00:00:00Z",
  bars: 3,
  fills: 2,
  clipped: 0,
  ambiguousBars: 0,
  decisionsSha256: "c".repeat(64),
  durationMs: 42,
};

export const document: BacktestDocument = {
  schema: "geosync.backtest/1",
  run,
  metrics,
  equity: [
    ["2024-01-02T00:00:00Z", "10100"],
    ["2024-01-03T00:00:00Z", "9900"],
    ["2024-01-04T00:00:00Z", "11234.567891"],
  ],
  trades: [trade],
  positions: [],
  reasons: { filled: 2, "refused:no-position": 1 },
  warnings: [{ code: "few-trades", message: "1 closed trade: too few to tell skill from luck." }],
};
