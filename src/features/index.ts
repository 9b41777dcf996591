export type { FeatureConfig, FeatureOptions } from "./config.ts";
export { type FeatureBar, FeaturePipeline, type FeatureRow, type FeatureStream } from "./pipeline.ts";
export type { FeatureTrade } from "./takers.ts";
