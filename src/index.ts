/**
 * The public API. Strategy plugins get a part of it (src/strategy/api.ts); integrators all of it. Only re-exports here.
 */

export { z } from "zod";
export { openApiLog } from "./connectivity/apiLog.ts";
export { type ConnectOptions, connectWithRetry } from "./connectivity/connectWithRetry.ts";
export type { MarketApi } from "./connectivity/marketApi.ts";
export { marketOf } from "./connectivity/marketOf.ts";
export { type OpenSessionOptions, openSession } from "./connectivity/openSession.ts";
export type { ApiLog, ApiRecord, Endpoints, VenueSession } from "./connectivity/session.ts";
export { CsvDataSource } from "./data/csvDataSource.ts";
export { type CsvFile, openCsv, openQuotes, readColumns } from "./data/csvFile.ts";
export type { CsvOptions } from "./data/csvOptions.ts";
export { DetailedStream, type DetailReport } from "./data/detail.ts";
export { ExchangeDataSource } from "./data/exchangeDataSource.ts";
export type { ExchangeDataSourceOptions } from "./data/exchangeOptions.ts";
export { type FeedFile, type FeedOptions, openFeed } from "./data/feedFile.ts";
export { readFunding } from "./data/funding.ts";
export type { Channel, LiveStatus } from "./data/liveStatus.ts";
export { InstantFeed } from "./data/merge.ts";
export type { MakeProvider, ProviderSetup } from "./data/providers/setup.ts";
export type { FixedColumn } from "./domain/columns.ts";
export { numberAt } from "./domain/columns.ts";
export { Decimal, type Numeric } from "./domain/decimal.ts";
export {
  ConnectionError,
  type ErrorCode,
  exitCodes,
  GeoSyncError,
  InsufficientDataError,
  OrderError,
  ValidationError,
} from "./domain/errors.ts";
export type { Approved, Command, Execution, ExecutionEvent, Fee, PlaceCommand } from "./domain/execution.ts";
export { type Fixed, formatFixed, parseFixed } from "./domain/fixed.ts";
export {
  createInstrument,
  type Instrument,
  type InstrumentOptions,
  type MarketMetadata,
  marketMetadata,
} from "./domain/instrument.ts";
export type {
  Bar,
  BarChunk,
  Book,
  BookChunk,
  FundingRate,
  Instant,
  MarketChunk,
  MarketEvent,
  OfferedChunk,
  Quote,
  QuoteChunk,
  Tick,
  TickChunk,
  TradedChunk,
} from "./domain/market.ts";
export {
  applyChange,
  createOrder,
  nextStatus,
  type Order,
  type OrderChange,
  type OrderId,
  type OrderInput,
  type OrderSide,
  type OrderStatus,
  type OrderType,
  type TimeInForce,
} from "./domain/order.ts";
export type {
  AccountUpdate,
  BarQuestion,
  CostEstimate,
  Credentials,
  DataProvider,
  DataSource,
  ExecutionAdapter,
  ExecutionGateway,
  MarketStream,
  OwnTrade,
  ProtectiveExits,
  ProvidedBar,
  RateLimits,
  TradingAdapter,
  VenueAbilities,
} from "./domain/ports.ts";
/** As a venue or a report states it; what a strategy sees of its own is `Position`. */
export { createPosition, type Position as VenuePosition, type PositionInput } from "./domain/position.ts";
export { type ReasonCode, reasons } from "./domain/reasons.ts";
export type { Bound, BreachAction, RiskLimits } from "./domain/riskLimits.ts";
export { createSignal, type Json, type Signal } from "./domain/signal.ts";
export { normalizeSymbol, normalizeVenue } from "./domain/symbol.ts";
export { Ticker, type TickerInput } from "./domain/ticker.ts";
export { parseTimeframe, type Timeframe } from "./domain/time.ts";
export { ExchangeAdapter, type ExchangeAdapterOptions } from "./execution/exchangeAdapter.ts";
export { PaperAdapter } from "./execution/paperAdapter.ts";
export type { PaperOptions } from "./execution/paperDesk.ts";
export {
  type FeatureBar,
  type FeatureConfig,
  type FeatureOptions,
  FeaturePipeline,
  type FeatureRow,
  type FeatureStream,
  type FeatureTrade,
} from "./features/index.ts";
export {
  atr,
  type CorrelationOptions,
  type CurvatureOptions,
  correlationCurvature,
  dfa,
  type EdgeCurvature,
  ema,
  entropyChange,
  hurst,
  type Idleness,
  type Indicator,
  type IndicatorState,
  type Kuramoto,
  type KuramotoOptions,
  type KuramotoScales,
  type KuramotoScalesOptions,
  kuramoto,
  kuramotoScales,
  type LeadLag,
  type LeadLagOptions,
  leadLag,
  ollivierRicci,
  type PermutationOptions,
  permutationEntropy,
  permutationEntropyChange,
  type Restorable,
  rsi,
  type SavableIndicator,
  type ShannonOptions,
  shannonEntropy,
  sma,
  stddev,
  type TemporalOptions,
  temporalCurvature,
  visibilityCurvature,
} from "./indicators/index.ts";
export { maxDrawdown } from "./metrics/drawdown.ts";
export { profitFactor } from "./metrics/profitFactor.ts";
export { sharpeRatio } from "./metrics/sharpe.ts";
export { winRate } from "./metrics/winRate.ts";
export type { BacktestDocument, RunDetails, TradeRecord } from "./report/document.ts";
export type { Explanation } from "./report/explanation.ts";
export { backtest } from "./run/backtest.ts";
export type { Funding } from "./run/funding.ts";
export type { BacktestOptions, BacktestOutcome, SimulationSettings } from "./run/options.ts";
export {
  buildGeoSyncSystem,
  type DataLimits,
  type ExecutionRequest,
  type Frame,
  GeoSyncOrchestrator,
  type GeoSyncSystem,
  type GeoSyncSystemOptions,
  MarketDataSource,
  type MarketDataSourceOptions,
  type SignalInput,
  type StrategyInput,
  type StrategyOptions,
  type StrategyRun,
  type VenueOptions,
} from "./run/orchestrator/index.ts";
export { type SimulationOptions, type SimulationResult, simulate } from "./run/simulate.ts";
export {
  type BarHistory,
  type Context,
  defineStrategy,
  type Fill,
  type FixedFraction,
  fixedFraction,
  type Handlers,
  type KellyFraction,
  kellyFraction,
  type OrderRequest,
  type Plugin,
  type PositionView as Position,
  type RiskPerTrade,
  riskPerTrade,
  type Strategy,
  type StrategyDefinition,
  type TargetRequest,
  type VectorStrategy,
  type VolatilityTarget,
  volatilityTarget,
} from "./strategy/index.ts";
