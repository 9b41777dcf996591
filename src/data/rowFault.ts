import { type ErrorCode, ValidationError } from "../domain/errors.ts";

/** What is wrong with one row of a file, before anyone decided whether to refuse the file or to skip the row. */
export interface RowFault {
  readonly code: ErrorCode;
  /** 1-based line, as an editor shows it. */
  readonly line: number;
  readonly column: string | null;
  readonly expected: string;
  readonly found: string;
  readonly hint?: string;
  /** True when the file still has one meaning without the row; times out of order never do. */
  readonly skippable: boolean;
}

const skipHint = "Correct the row, or drop and count such rows with --bad-rows skip.";

/** The fault as the error that ends a run. */
export function faultError(path: string, fault: RowFault, cause?: unknown): ValidationError {
  const where = fault.column === null ? "" : `, column "${fault.column}"`;
  return new ValidationError(
    fault.code,
    `${path}, row ${fault.line}${where}: expected ${fault.expected}, found ${fault.found}`,
    { hint: fault.hint ?? skipHint, cause },
  );
}

/** A cell in quotes, short enough for a message and without control characters. */
export function quoted(text: string): string {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return JSON.stringify(shown);
}
