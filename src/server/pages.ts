import { ValidationError } from "../domain/errors.ts";

export interface PageRequest {
  /** At most so many. @default all */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  /** Newest first. */
  readonly items: readonly T[];
  /** Asks for the next page; null: this is the last. */
  readonly next: string | null;
}

/**
 * A part of a list that only grows at its end. A page begins below the number at which the one before ended, so that
 * nothing comes twice, or is left out, because of what is new by then.
 * @param records oldest first, by rising number
 * @throws ValidationError GEO-VALUE for a cursor that is none of ours
 */
export function pageOf<R, T>(
  records: readonly R[],
  numberOf: (record: R) => number,
  viewOf: (record: R) => T,
  { limit = Number.POSITIVE_INFINITY, cursor }: PageRequest,
): Page<T> {
  const below = cursor === undefined ? Number.POSITIVE_INFINITY : numberIn(cursor);
  const items: T[] = [];
  let last = 0;
  for (let i = records.length - 1; i >= 0; i--) {
    const record = records[i]!;
    const number = numberOf(record);
    if (number >= below) continue;
    if (items.length >= limit) return { items, next: `b${last}` };
    items.push(viewOf(record));
    last = number;
  }
  return { items, next: null };
}

function numberIn(cursor: string): number {
  const number = /^b([1-9]\d{0,14})$/.exec(cursor)?.[1];
  if (number !== undefined) return Number(number);
  throw new ValidationError(
    "GEO-VALUE",
    `cursor: expected next_cursor of an earlier page, found "${cursor.slice(0, 40)}"`,
  );
}
