import { transportCost } from "./transport.ts";

/** Node → the nodes it has an edge with. */
export type Neighbours = readonly ReadonlySet<number>[];

/**
 * How the mass of a node lies before it is moved. "closed": evenly on the node and its neighbours. A number α from 0 to
 * 1 (α < 1; thousandths at most): α on the node, the rest evenly on its neighbours; 0 is Ollivier's simple random walk.
 */
export type Idleness = "closed" | number;

export interface CurvatureOptions {
  /** @default "closed" */
  readonly idleness?: Idleness;
}

export interface EdgeCurvature {
  readonly edge: readonly [number, number];
  readonly curvature: number;
}

/**
 * Ollivier–Ricci curvature of each edge of an undirected graph of nodes 0 to `nodes` - 1, and their mean (NaN without
 * an edge): κ(x, y) = 1 - W1(μx, μy) / d(x, y), where d is the graph distance (1 along an edge), W1 the exact cost of
 * moving measure μx to μy. Above 0 where neighbourhoods overlap, below 0 at bridges. Being made of steps and shares, it
 * has no unit. With the closed measure the complete graph K4 has 1, the cycle C6 0, the path P5 a mean of 0.25.
 * Y. Ollivier, Ricci curvature of Markov chains on metric spaces, J. Funct. Anal. 256 (2009); the idleness: Y. Lin, L.
 * Lu, S.-T. Yau, Ricci curvature of graphs, Tohoku Math. J. 63 (2011).
 * @throws RangeError for an edge to a node that is not there or to itself, or an idleness out of range.
 */
export function ollivierRicci(
  nodes: number,
  edges: Iterable<readonly [number, number]>,
  { idleness = "closed" }: CurvatureOptions = {},
): { readonly edges: readonly EdgeCurvature[]; readonly mean: number } {
  const neighbours = Array.from({ length: nodes }, () => new Set<number>());
  for (const [a, b] of edges) {
    for (const node of [a, b]) {
      if (neighbours[node] === undefined || a === b) {
        throw new RangeError(
          `ollivierRicci: expected edges between two nodes below ${nodes}, found ${a} to ${b}`,
        );
      }
    }
    neighbours[a]!.add(b);
    neighbours[b]!.add(a);
  }
  const curved = edgesOf(neighbours).map(([a, b]) => {
    return { edge: [a, b] as const, curvature: edgeCurvature(neighbours, a, b, idleness) };
  });
  return { edges: curved, mean: curved.reduce((sum, { curvature }) => sum + curvature, 0) / curved.length };
}

/** Mean curvature with the closed measure; NaN without an edge. */
export function meanCurvature(neighbours: Neighbours): number {
  const edges = edgesOf(neighbours);
  return edges.reduce((sum, [a, b]) => sum + edgeCurvature(neighbours, a, b), 0) / edges.length;
}

function edgesOf(neighbours: Neighbours): readonly (readonly [number, number])[] {
  return neighbours.flatMap((others, a) => {
    return [...others].filter((b) => a < b).map((b) => [a, b] as const);
  });
}

/** Of the edge x–y, which must be there. */
export function edgeCurvature(
  neighbours: Neighbours,
  x: number,
  y: number,
  idleness: Idleness = "closed",
): number {
  return 1 - wasserstein(measure(neighbours, x, idleness), measure(neighbours, y, idleness), neighbours);
}

/** Integer shares of a whole, so that transport is exact. */
export interface Measure {
  readonly shares: ReadonlyMap<number, number>;
  readonly whole: number;
}

const PARTS = 1000;

export function measure(neighbours: Neighbours, x: number, idleness: Idleness = "closed"): Measure {
  const around = [...neighbours[x]!];
  if (idleness === "closed") {
    return { shares: new Map([x, ...around].map((node) => [node, 1])), whole: around.length + 1 };
  }
  const still = idleness * PARTS;
  if (!(still >= 0 && still < PARTS && Math.abs(still - Math.round(still)) < 1e-9)) {
    throw new RangeError(
      `ollivierRicci: idleness must be "closed" or thousandths from 0 to 0.999, found ${String(idleness)}`,
    );
  }
  const kept = Math.round(still);
  const shares = new Map(around.map((node) => [node, PARTS - kept]));
  if (kept > 0) shares.set(x, kept * around.length);
  return { shares, whole: PARTS * around.length };
}

/**
 * Exact cost of moving one measure to the other, in steps on the graph. Every two of their nodes must be within three
 * steps, as those around an edge are. What both have may stay: distances are a metric.
 */
export function wasserstein(from: Measure, to: Measure, neighbours: Neighbours): number {
  const supply: [node: number, units: number][] = [];
  const demand: [node: number, units: number][] = [];
  for (const [node, share] of from.shares) {
    const units = share * to.whole - (to.shares.get(node) ?? 0) * from.whole;
    if (units > 0) supply.push([node, units]);
    if (units < 0) demand.push([node, -units]);
  }
  for (const [node, share] of to.shares) {
    if (!from.shares.has(node)) demand.push([node, share * from.whole]);
  }
  const costs = supply.map(([source]) => demand.map(([sink]) => steps(neighbours, source, sink)));
  const unitsOf = (list: typeof supply) => list.map(([, units]) => units);
  return transportCost(unitsOf(supply), unitsOf(demand), costs) / (from.whole * to.whole);
}

/** Between different nodes; what is neither one nor two is taken for three. */
function steps(neighbours: Neighbours, a: number, b: number): number {
  const [near, others] = [neighbours[a]!, neighbours[b]!];
  if (near.has(b)) return 1;
  for (const node of near) if (others.has(node)) return 2;
  return 3;
}
