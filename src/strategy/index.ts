/** What the engine and the composition roots need of strategies; `loader.ts` adds what needs Node. */
export type {
  BarHistory,
  Context,
  Fill,
  Handlers,
  OrderLabel,
  OrderRequest,
  Plugin,
  PositionView,
  Strategy,
  StrategyDefinition,
  TargetRequest,
  VectorStrategy,
} from "./contract.ts";
export { defineStrategy } from "./contract.ts";
export { warmupOf } from "./definition.ts";
export { createEnvironment, type PluginClock, type PluginEnvironment } from "./environment.ts";
export { type FormOptions, type LoadedStrategy, toDefinition } from "./forms.ts";
export { parseParams } from "./params.ts";
export { describeParams, type ParamDescription } from "./params-describe.ts";
export type { LogLevel, PluginLog } from "./plugin-console.ts";
export {
  type FixedFraction,
  fixedFraction,
  type KellyFraction,
  kellyFraction,
  type RiskPerTrade,
  riskPerTrade,
  type VolatilityTarget,
  volatilityTarget,
} from "./sizing.ts";
