/** Curvature against known graphs, and against its dual, maximised by brute force. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  correlationCurvature,
  type Idleness,
  ollivierRicci,
  temporalCurvature,
  visibilityCurvature,
} from "../../src/indicators/index.ts";
import { transportCost } from "../../src/indicators/transport.ts";
import { meanOf, pearson, randomWalk, randomWalks, returnsOf } from "./markets.ts";

type Edge = readonly [number, number];
const path = (n: number): Edge[] => Array.from({ length: n - 1 }, (_, i) => [i, i + 1] as const);
const cycle = (n: number): Edge[] => [...path(n), [n - 1, 0]];
const complete = (n: number): Edge[] => pairs(n);
const star = (n: number): Edge[] => Array.from({ length: n - 1 }, (_, i) => [0, i + 1] as const);
/** Two hubs with two leaves each. */
const doubleStar: Edge[] = [
  [0, 1],
  [0, 2],
  [0, 3],
  [1, 4],
  [1, 5],
];

function pairs(n: number): Edge[] {
  return Array.from({ length: n }, (_, a) =>
    Array.from({ length: n - a - 1 }, (_, i) => [a, a + i + 1] as const),
  ).flat();
}

/** All distances, by Floyd and Warshall. */
function distancesOf(n: number, edges: readonly Edge[]): number[][] {
  const distances = Array.from({ length: n }, (_, a) =>
    Array.from({ length: n }, (_, b) => (a === b ? 0 : n)),
  );
  for (const [a, b] of edges) distances[a]![b] = distances[b]![a] = 1;
  for (let via = 0; via < n; via++) {
    for (const row of distances)
      for (let b = 0; b < n; b++) row[b] = Math.min(row[b]!, row[via]! + distances[via]![b]!);
  }
  return distances;
}

/** As shares of 1, straight from the definition. */
function measureOf(n: number, edges: readonly Edge[], x: number, idleness: Idleness): number[] {
  const around = Array.from({ length: n }, (_, v) =>
    edges.some(([a, b]) => (a === x && b === v) || (b === x && a === v)),
  );
  const degree = around.filter(Boolean).length;
  const still = idleness === "closed" ? 1 / (degree + 1) : idleness;
  return around.map((isNear, v) => (v === x ? still : isNear ? (1 - still) / degree : 0));
}

/** W1 by Kantorovich's dual: the best f with |f(u) - f(v)| ≤ d(u, v), which may be taken integer and 0 at node 0. */
function dualWasserstein(
  from: readonly number[],
  to: readonly number[],
  distances: readonly number[][],
): number {
  const f: number[] = [0];
  let best = 0;
  const extend = (node: number): void => {
    if (node === from.length) {
      best = Math.max(
        best,
        f.reduce((sum, height, v) => sum + height * (from[v]! - to[v]!), 0),
      );
      return;
    }
    const [low, high] = [
      Math.max(...f.map((height, v) => height - distances[v]![node]!)),
      Math.min(...f.map((height, v) => height + distances[v]![node]!)),
    ];
    for (let height = low; height <= high; height++) {
      f[node] = height;
      extend(node + 1);
    }
    f.length = node;
  };
  extend(1);
  return best;
}

describe("ollivierRicci", () => {
  it.each<[string, number, Edge[], number]>([
    ["K4", 4, complete(4), 1],
    ["K9", 9, complete(9), 1],
    ["C6", 6, cycle(6), 0],
    ["C9", 9, cycle(9), 0],
    ["C5: a quarter turn is shorter", 5, cycle(5), 1 / 3],
    ["C4", 4, cycle(4), 2 / 3],
    ["P5", 5, path(5), 0.25],
    ["P2", 2, path(2), 1],
  ])("of %s with the closed measure has the mean %#", (_, nodes, edges, mean) => {
    expect(ollivierRicci(nodes, edges).mean).toBeCloseTo(mean, 15);
  });

  // J. Jost, S. Liu (2014): on a tree -2 (1 - 1/dx - 1/dy) where that is below 0, else 0; K_n: (n - 2) / (n - 1).
  it.each<[string, number, Edge[], number]>([
    ["K4", 4, complete(4), 2 / 3],
    ["K7", 7, complete(7), 5 / 6],
    ["C6", 6, cycle(6), 0],
    ["C4", 4, cycle(4), 0],
    ["P5", 5, path(5), 0],
    ["a star", 6, star(6), 0],
    ["a double star, whose bridge alone is bent", 6, doubleStar, -2 / 3 / 5],
  ])("of %s with idleness 0 has the mean that theory gives", (_, nodes, edges, mean) => {
    expect(ollivierRicci(nodes, edges, { idleness: 0 }).mean).toBeCloseTo(mean, 15);
  });

  it("lists each edge once, and bridges below 0", () => {
    const { edges } = ollivierRicci(6, [...doubleStar, [1, 0]], { idleness: 0 });
    expect(edges.map(({ edge }) => edge)).toEqual(doubleStar);
    expect(edges[0]!.curvature).toBeCloseTo(-2 / 3, 15);
  });

  it("has no mean without an edge", () => {
    expect(ollivierRicci(3, [])).toEqual({ edges: [], mean: Number.NaN });
  });

  const graphs = fc.integer({ min: 2, max: 7 }).chain((n) => {
    return fc.tuple(fc.constant(n), fc.subarray(pairs(n), { minLength: 1 }));
  });
  const measures = fc.constantFrom<Idleness[]>("closed", 0, 0.5, 0.123);

  it("equals the dual of transport, found by trying all potentials, on any graph", () => {
    fc.assert(
      fc.property(graphs, measures, ([n, edges], idleness) => {
        const distances = distancesOf(n, edges);
        const found = ollivierRicci(n, edges, { idleness });
        for (const { edge, curvature } of found.edges) {
          const [from, to] = edge.map((x) => measureOf(n, edges, x, idleness)) as [number[], number[]];
          expect(curvature).toBeCloseTo(1 - dualWasserstein(from, to, distances), 12);
        }
        expect(found.mean).toBeCloseTo(meanOf(found.edges.map(({ curvature }) => curvature)), 12);
      }),
      { numRuns: 150 },
    );
  });

  it.each<[string, number, Edge[], Idleness]>([
    ["an edge to nowhere", 3, [[0, 3]], "closed"],
    ["a loop", 3, [[1, 1]], "closed"],
    ["an idleness of 1", 2, path(2), 1],
    ["an idleness below 0", 2, path(2), -0.1],
    ["an idleness finer than thousandths", 2, path(2), 1 / 3],
    ["an idleness of another name", 2, path(2), "open" as Idleness],
  ])("refuses %s", (_, nodes, edges, idleness) => {
    expect(() => ollivierRicci(nodes, edges, { idleness })).toThrow(RangeError);
  });
});

describe("transportCost", () => {
  it("equals the best of all assignments of single units", () => {
    const costs = fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 }), {
      minLength: 3,
      maxLength: 3,
    });
    const split = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })).map(([a, b]) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      return [low, high - low, 6 - high];
    });
    const unitsOf = (counts: readonly number[]) => counts.flatMap((count, i) => Array<number>(count).fill(i));
    fc.assert(
      fc.property(split, split, costs, (supply, demand, table) => {
        const best = (sources: readonly number[], sinks: readonly number[]): number => {
          if (sources.length === 0) return 0;
          const [first, ...rest] = sources;
          return Math.min(
            ...sinks.map((sink, i) => table[first!]![sink]! + best(rest, sinks.toSpliced(i, 1))),
          );
        };
        expect(transportCost(supply, demand, table)).toBe(best(unitsOf(supply), unitsOf(demand)));
      }),
      { numRuns: 100 },
    );
  });
});

describe("visibilityCurvature", () => {
  /** Each pair of prices asked by itself. */
  function directValue(prices: readonly number[]): number {
    const sees = ([a, b]: Edge) =>
      prices.slice(a + 1, b).every((price) => price < Math.min(prices[a]!, prices[b]!));
    return ollivierRicci(prices.length, pairs(prices.length).filter(sees)).mean;
  }

  it.each([3, 4, 12, 25])(
    "equals the definition, computed anew at every step, ties and all (n = %i)",
    (n) => {
      const prices = [...randomWalk(60, 3), ...randomWalk(80, 4).map((price) => Math.round(price / 2))];
      const indicator = visibilityCurvature(n);
      for (const [t, price] of prices.entries()) {
        const value = indicator.update(price);
        if (t >= n - 1) expect(value).toBeCloseTo(directValue(prices.slice(t - n + 1, t + 1)), 12);
      }
    },
  );

  it("of a steady rise is a path's", () => {
    const indicator = visibilityCurvature(5);
    for (let price = 1; price < 20; price++) indicator.update(price);
    expect(indicator.value).toBe(0.25);
  });

  it("sees the order of prices alone", () => {
    const [plain, bent] = [visibilityCurvature(20), visibilityCurvature(20)];
    for (const price of randomWalk(100, 5))
      expect(bent.update(Math.sqrt(price) + 7)).toBe(plain.update(price));
  });
});

describe("correlationCurvature", () => {
  const directEdges = (rows: readonly number[][], threshold: number) =>
    pairs(rows[0]!.length).filter(([a, b]) => pearson(returnsOf(rows, a), returnsOf(rows, b)) >= threshold);

  it.each([0.2, 0.5, 0.8])(
    "equals the definition, computed anew at every step (threshold %d)",
    (threshold) => {
      const rows = randomWalks(200, 7, 12, 0.5);
      const indicator = correlationCurvature({ assets: 7, window: 25, threshold });
      for (const [t, row] of rows.entries()) {
        const value = indicator.update(row);
        if (t < 25) continue;
        const edges = directEdges(rows.slice(t - 25, t + 1), threshold);
        if (edges.length === 0) expect(value).toBeNaN();
        else expect(value).toBeCloseTo(ollivierRicci(7, edges).mean, 12);
      }
    },
  );

  it("is 1 when all move as one, and NaN, so not ready, when nobody is tied to anybody", () => {
    const [one, none] = [0, 1].map(() => correlationCurvature({ assets: 5, window: 50, threshold: 0.9 }));
    for (const row of randomWalks(200, 5, 2, 1)) one!.update(row);
    for (const row of randomWalks(200, 5, 2)) none!.update(row);
    expect(one!.value).toBe(1);
    expect([none!.value, none!.ready]).toEqual([Number.NaN, false]);
  });

  it("is below 1 when two groups hang together by one asset", () => {
    const walks = randomWalks(300, 2, 31).map(([a, b]) => [a!, a! * 2, Math.sqrt(a! * b!), b!, b! * 3]);
    const indicator = correlationCurvature({ assets: 5, window: 100, threshold: 0.5 });
    for (const row of walks) indicator.update(row);
    const bowTie: Edge[] = [
      [0, 1],
      [0, 2],
      [1, 2],
      [2, 3],
      [2, 4],
      [3, 4],
    ];
    expect(indicator.value).toBeCloseTo(ollivierRicci(5, bowTie).mean, 12);
    expect(indicator.value).toBeLessThan(0.9);
  });
});

describe("temporalCurvature", () => {
  it.each([1, 10])(
    "equals the definition with dual transport, computed anew at every step (lag %i)",
    (lag) => {
      const rows = randomWalks(120, 5, 44, 0.5);
      const indicator = temporalCurvature({ assets: 5, window: 15, threshold: 0.5, lag });
      const graphAt = (t: number) => {
        const seen = rows.slice(t - 15, t + 1);
        return pairs(5).filter(([a, b]) => pearson(returnsOf(seen, a), returnsOf(seen, b)) >= 0.5);
      };
      const found = new Set<number>();
      for (const [t, row] of rows.entries()) {
        const value = indicator.update(row);
        if (t < 15 + lag) continue;
        const [then, now] = [graphAt(t - lag), graphAt(t)];
        const distances = distancesOf(5, [...then, ...now]);
        const costs = row.map((_, x) => {
          const [from, to] = [measureOf(5, then, x, "closed"), measureOf(5, now, x, "closed")];
          return dualWasserstein(from, to, distances);
        });
        expect(value).toBeCloseTo(1 - meanOf(costs), 12);
        found.add(Math.round(value * 1e6));
      }
      expect(found.size).toBeGreaterThan(5);
    },
  );

  it("is 1 as long as nobody changes neighbours", () => {
    const indicator = temporalCurvature({ assets: 4, window: 20, threshold: 0.9, lag: 7 });
    for (const [t, row] of randomWalks(200, 4, 2, 1).entries()) {
      const value = indicator.update(row);
      if (t >= 27) expect(value).toBe(1);
    }
  });
});
