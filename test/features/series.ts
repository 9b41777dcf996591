import { type FeatureBar, type FeatureOptions, FeaturePipeline } from "../../src/features/index.ts";
import { uniform, walk } from "../indicators/series.ts";

/** A random walk with random volumes, some bars without any. */
export function tradedWalk(length: number, seed: number): FeatureBar[] {
  const random = uniform(seed + 1);
  return walk(length, seed).map((candle) => {
    const traded = random() > 0.1;
    return { ...candle, volume: traded ? Math.round(random() * 1e6) / 1e4 : 0 };
  });
}

/** Every feature of every bar: name → one value a bar. */
export function columnsOf(
  bars: readonly FeatureBar[],
  options: FeatureOptions = {},
  start: { readonly hasVolume?: boolean } = {},
): Record<string, number[]> {
  const stream = new FeaturePipeline(options).start(start);
  const columns: Record<string, number[]> = Object.fromEntries(stream.names.map((name) => [name, []]));
  for (const bar of bars) {
    for (const [name, value] of Object.entries(stream.update(bar))) columns[name]!.push(value);
  }
  return columns;
}
