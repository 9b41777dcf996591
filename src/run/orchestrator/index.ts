export type { DataLimits } from "./dataRoots.ts";
export { MarketDataSource, type MarketDataSourceOptions } from "./dataSource.ts";
export type { Frame } from "./frame.ts";
export { GeoSyncOrchestrator } from "./orchestrator.ts";
export type { ExecutionRequest, SignalInput } from "./request.ts";
export type { StrategyInput, StrategyOptions, StrategyRun } from "./strategyRun.ts";
export {
  buildGeoSyncSystem,
  type GeoSyncSystem,
  type GeoSyncSystemOptions,
  type VenueOptions,
} from "./system.ts";
