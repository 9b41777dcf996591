import { ValidationError } from "../../domain/errors.ts";
import { didYouMean } from "../../domain/suggest.ts";
import { writeFrameCsv, writeFrameParquet } from "./frameFiles.ts";

/** Columns that hold moments, in epoch ms, and are written as such. */
export const timeColumns: readonly string[] = ["openTime", "time"];

/** A table of numbers, one typed array a column. The arrays are the caller's: nothing else reads them. */
export class Frame {
  readonly length: number;
  readonly columns: Readonly<Record<string, Float64Array>>;

  constructor(length: number, columns: Readonly<Record<string, Float64Array>>) {
    this.length = length;
    this.columns = Object.freeze({ ...columns });
    Object.freeze(this);
  }

  get names(): readonly string[] {
    return Object.keys(this.columns);
  }

  /** @throws ValidationError GEO-VALUE for a name that is none of its columns */
  column(name: string): Float64Array {
    const column = Object.hasOwn(this.columns, name) ? this.columns[name] : undefined;
    if (column !== undefined) return column;
    throw new ValidationError(
      "GEO-VALUE",
      `frame: expected one of its columns, found "${name}".${didYouMean(name, this.names)}`,
      { hint: `It has ${this.names.join(", ")}.` },
    );
  }

  /** Times as ISO 8601, numbers in their shortest exact text, NaN as nothing. @throws GeoSyncError GEO-OUTPUT */
  async toCsv(path: string): Promise<void> {
    await writeFrameCsv(this, path);
  }

  /** Times as timestamps in ms, numbers as doubles, NaN as NaN. @throws GeoSyncError GEO-OUTPUT */
  async toParquet(path: string): Promise<void> {
    await writeFrameParquet(this, path);
  }
}
