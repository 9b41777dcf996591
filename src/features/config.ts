import { z } from "zod";
import { ValidationError } from "../domain/errors.ts";
import { didYouMean } from "../domain/suggest.ts";

const window = z.int().min(1).max(100_000);
/** A regression or deviation of one value says nothing. */
const wide = z.int().min(2).max(100_000);
const windows = z.array(window).max(50);

const shape = z.strictObject({
  /** Of the bar, what returns, averages, volatility, RSI and MACD are made of. */
  priceColumn: z.enum(["open", "high", "low", "close"]).default("close"),
  /** Bars back, one column each: `return1`. */
  returnPeriods: windows.default([1]),
  smaWindows: windows.default([5, 20, 50]),
  emaWindows: windows.default([12, 26]),
  volatilityWindows: z.array(wide).max(50).default([20]),
  /** Null leaves the feature out, here and below. */
  rsiWindow: window.nullable().default(14),
  macd: z
    .strictObject({ fast: window.default(12), slow: window.default(26), signal: window.default(9) })
    .nullable()
    .default({ fast: 12, slow: 26, signal: 9 }),
  range: z.boolean().default(true),
  logVolume: z.boolean().default(true),
  volumeZWindow: wide.nullable().default(20),
  imbalanceWindow: window.nullable().default(20),
  kyleWindow: wide.nullable().default(50),
  vpin: z
    .strictObject({
      /** Buckets averaged. */
      buckets: window.default(50),
      /** In the data's unit of volume; "auto": `barsPerBucket` × the mean volume of the first `calibrationBars`. */
      bucketVolume: z.union([z.number().positive(), z.literal("auto")]).default("auto"),
      barsPerBucket: z.number().positive().max(100_000).default(1),
      calibrationBars: window.default(50),
    })
    .nullable()
    .prefault({}),
  /** How a bar whose trades are not in the data is split into bought and sold volume. */
  flow: z
    .strictObject({ rule: z.enum(["bulk", "tick"]).default("bulk"), window: wide.default(20) })
    .prefault({}),
});

/** Which features, over how many bars; docs/features.md explains each. */
export type FeatureOptions = z.input<typeof shape>;

/** The same, complete. */
export type FeatureConfig = Readonly<z.output<typeof shape>>;

/** @throws ValidationError GEO-OPTION-VALUE naming the member. */
export function featureConfig(options: FeatureOptions = {}): FeatureConfig {
  const parsed = shape.safeParse(options);
  if (!parsed.success) throw wrong(z.prettifyError(parsed.error), hintFor(options));
  const config = parsed.data;
  const { macd } = config;
  if (macd !== null && macd.fast >= macd.slow) {
    throw wrong(`macd: expected fast below slow, found fast ${macd.fast} and slow ${macd.slow}`);
  }
  for (const [name, list] of Object.entries(config)) {
    if (!Array.isArray(list) || new Set(list).size === list.length) continue;
    throw wrong(`${name}: expected each window once, found ${list.join(", ")}`);
  }
  return Object.freeze(config);
}

function wrong(what: string, hint?: string): ValidationError {
  return new ValidationError("GEO-OPTION-VALUE", `features: ${what}`, { hint });
}

function hintFor(options: unknown): string {
  const known = Object.keys(shape.shape);
  const given = typeof options === "object" && options !== null ? Object.keys(options) : [];
  const unknown = given.find((name) => !known.includes(name));
  return unknown === undefined
    ? "docs/features.md explains each member."
    : `It may hold ${known.join(", ")}.${didYouMean(unknown, known)}`;
}
