/** From a name on the command line to an evaluated plugin. The only part of this folder that needs Node. */
export { bundleStrategy } from "./loader-bundle.ts";
export { scrubCredentials } from "./loader-credentials.ts";
export { evaluateBundle } from "./loader-evaluate.ts";
export { describeFailure, strategyThrew } from "./loader-failure.ts";
export { findStrategy, listStrategies, type StrategyFile } from "./loader-find.ts";
