export { atr, type Range } from "./atr.ts";
export { ema } from "./ema.ts";
export type { Indicator, IndicatorState, SavableIndicator } from "./indicator.ts";
export { rsi } from "./rsi.ts";
export { sma } from "./sma.ts";
export { stddev } from "./stddev.ts";
