import { sma, stddev } from "../indicators/index.ts";
import { type Feature, single } from "./feature.ts";

/** Features of volume, whoever bought. */

/** ln(1 + volume): 0 for a bar without trades. Depends on the unit of volume. */
export function logVolume(): Feature {
  return single("logVolume", [], ({ volume }) => Math.log1p(volume));
}

/** (volume − mean) / population standard deviation of the last n volumes, this one included; 0 when all are equal. */
export function volumeScore(n: number): Feature {
  const [mean, deviation] = [sma(n), stddev(n)];
  return single(`volumeZ${n}`, [mean, deviation], ({ volume }) => {
    if (Number.isNaN(volume)) return Number.NaN;
    const distance = volume - mean.update(volume);
    const spread = deviation.update(volume);
    return spread === 0 ? 0 : distance / spread;
  });
}
