/**
 * Least cost of moving `supply` to `demand`, exactly: integers with equal sums; `costs[i][j]` is an integer per unit
 * from source i to sink j. Successive shortest paths: each augmentation goes along a cheapest path of the residual
 * network (Bellman and Ford's, as residual arcs cost less than nothing), so that the flow is the cheapest of its size
 * all along. R. K. Ahuja, T. L. Magnanti, J. B. Orlin, Network Flows (1993), chapter 9.
 */
export function transportCost(
  supply: readonly number[],
  demand: readonly number[],
  costs: readonly (readonly number[])[],
): number {
  const left = [...supply];
  const open = [...demand];
  const flow = supply.map(() => new Array<number>(demand.length).fill(0));
  let cost = 0;
  for (let missing = left.reduce((sum, units) => sum + units, 0); missing > 0; ) {
    const { distances, fromSource, fromSink } = shortestPaths(left, flow, costs);
    let end = -1;
    for (let j = 0; j < open.length; j++) {
      if (open[j]! > 0 && (end < 0 || distances[j]! < distances[end]!)) end = j;
    }
    const path = pathTo(end, fromSource, fromSink);
    const start = path.at(-1)!.source;
    const units = Math.min(
      open[end]!,
      left[start]!,
      ...path.map(({ source, back }) => flow[source]![back] ?? Infinity),
    );
    for (const { source, sink, back } of path) {
      flow[source]![sink]! += units;
      if (back >= 0) flow[source]![back]! -= units;
    }
    open[end]! -= units;
    left[start]! -= units;
    missing -= units;
    cost += units * distances[end]!;
  }
  return cost;
}

/** Cheapest ways from any source that has something left: to each sink the source before it, to each source the sink. */
function shortestPaths(
  left: readonly number[],
  flow: readonly (readonly number[])[],
  costs: readonly (readonly number[])[],
) {
  const toSource = left.map((units) => (units > 0 ? 0 : Infinity));
  const distances = new Array<number>(costs[0]!.length).fill(Infinity);
  const fromSource = distances.map(() => -1);
  const fromSink = left.map(() => -1);
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 0; i < left.length; i++) {
      for (let j = 0; j < distances.length; j++) {
        if (toSource[i]! + costs[i]![j]! < distances[j]!) {
          distances[j] = toSource[i]! + costs[i]![j]!;
          fromSource[j] = i;
          changed = true;
        }
        if (flow[i]![j]! > 0 && distances[j]! - costs[i]![j]! < toSource[i]!) {
          toSource[i] = distances[j]! - costs[i]![j]!;
          fromSink[i] = j;
          changed = true;
        }
      }
    }
  }
  return { distances, fromSource, fromSink };
}

/** From the end backward: each step goes from a source to a sink, and was reached by taking flow `back` from another. */
function pathTo(end: number, fromSource: readonly number[], fromSink: readonly number[]) {
  const path: { source: number; sink: number; back: number }[] = [];
  for (let sink = end; sink >= 0; sink = fromSink[fromSource[sink]!]!) {
    const source = fromSource[sink]!;
    path.push({ source, sink, back: fromSink[source]! });
  }
  return path;
}
