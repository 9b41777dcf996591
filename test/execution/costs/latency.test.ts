import { expect, it } from "vitest";
import { readLatency } from "../../../src/config/costValues.ts";
import { type LatencyModel, latencyModel } from "../../../src/execution/costs/latency.ts";

const modelOf = (text: string, seed = 7) => latencyModel(readLatency(text, "--latency"), seed);

function draws(leg: () => number, count = 1000): readonly number[] {
  return Array.from({ length: count }, () => leg());
}

it.each<[string, readonly number[]]>([
  ["50ms", [0, 50, 50]],
  ["2ms/30ms/20ms", [2, 30, 20]],
  ["0ms", [0, 0, 0]],
])("%s is the same on every journey", (text, legs) => {
  const { leaves, seen, answered } = modelOf(text);
  expect([leaves, seen, answered].map((leg) => [...new Set(draws(leg))])).toEqual(legs.map((ms) => [ms]));
});

it("a jitter spreads evenly on both sides, and never arrives before it left", () => {
  const { seen } = modelOf("50ms±20ms");
  const times = draws(seen, 20_000);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(30);
  expect(Math.max(...times)).toBeLessThan(70);
  for (const quarter of [30, 40, 50, 60]) {
    const share = times.filter((ms) => ms >= quarter && ms < quarter + 10).length / times.length;
    expect(share).toBeCloseTo(0.25, 1);
  }
  expect(Math.min(...draws(modelOf("1ms±1ms").seen))).toBeGreaterThanOrEqual(0);
});

it("the same seed makes the same journeys, another seed others", () => {
  const journeys = ({ leaves, seen, answered }: LatencyModel) =>
    [leaves, seen, answered].map((leg) => draws(leg, 20));
  const text = "5ms±1ms/50ms±20ms/50ms±20ms";
  expect(journeys(modelOf(text))).toEqual(journeys(modelOf(text)));
  expect(journeys(modelOf(text, 8))).not.toEqual(journeys(modelOf(text)));
});

it("each leg has chances of its own", () => {
  const text = "50ms±20ms/50ms±20ms/50ms±20ms";
  const alone = draws(modelOf(text).answered, 20);
  const among = modelOf(text);
  draws(among.leaves, 3);
  const seen = draws(among.seen, 20);
  expect(draws(among.answered, 20)).toEqual(alone);
  expect(seen).not.toEqual(alone);
});
