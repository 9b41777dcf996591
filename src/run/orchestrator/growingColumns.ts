import { Frame } from "./frame.ts";

const startRows = 1024;

/** Columns of numbers whose length is not known in advance. */
export class GrowingColumns {
  length = 0;
  readonly #names: readonly string[];
  #columns: Float64Array[];

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#columns = names.map(() => new Float64Array(startRows));
  }

  /** One row: `first`, then `rest`. */
  push(first: readonly number[], rest?: Float64Array): void {
    const row = this.length++;
    if (row === this.#columns[0]!.length) this.#grow();
    for (let i = 0; i < first.length; i++) this.#columns[i]![row] = first[i]!;
    if (rest === undefined) return;
    for (let i = 0; i < rest.length; i++) this.#columns[first.length + i]![row] = rest[i]!;
  }

  /** Copies, of the rows so far. */
  frame(): Frame {
    const columns = this.#names.map((name, i) => [name, this.#columns[i]!.slice(0, this.length)] as const);
    return new Frame(this.length, Object.fromEntries(columns));
  }

  #grow(): void {
    this.#columns = this.#columns.map((column) => {
      const larger = new Float64Array(column.length * 2);
      larger.set(column);
      return larger;
    });
  }
}
