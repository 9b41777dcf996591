import type { VectorStrategy } from "geosync";

/** The vectorised form: one score a price. Above 0 is long, below 0 short (flat on a cash account). */
const trend: VectorStrategy & { warmup: number } = (prices) => {
  const days = 50;
  let sum = 0;
  return prices.map((price, t) => {
    sum += price - (t >= days ? prices[t - days]! : 0);
    // Score t may use prices[0] to prices[t] and none later.
    return t >= days - 1 ? price - sum / days : 0;
  });
};
trend.warmup = 50;

export default trend;
