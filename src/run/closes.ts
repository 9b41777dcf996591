import { numberAt } from "../domain/columns.ts";
import { instrumentAt } from "../domain/market.ts";
import type { MarketStream } from "../domain/ports.ts";

/**
 * Every close of every symbol, index = bar index: what a vectorised strategy is given.
 * @param checkRows called now and then with the rows so far; throws when they are too many
 */
export async function collectCloses(
  streams: readonly MarketStream[],
  checkRows: (rows: number) => void = () => {},
): Promise<ReadonlyMap<string, Float64Array>> {
  const closes = new Map<string, number[]>();
  let rows = 0;
  for (const stream of streams) {
    for await (const chunk of stream.events()) {
      if (chunk.kind !== "bar" || chunk.hidden === true) continue;
      rows += chunk.length;
      checkRows(rows);
      for (let row = 0; row < chunk.length; row++) {
        const { symbol } = instrumentAt(chunk, row);
        const list = closes.get(symbol) ?? [];
        if (list.length === 0) closes.set(symbol, list);
        list.push(numberAt(chunk.close, row));
      }
    }
  }
  return new Map([...closes].map(([symbol, list]) => [symbol, Float64Array.from(list)]));
}
