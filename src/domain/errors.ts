/**
 * Every failure geosync reports: one class per kind, one stable code per cause, one table that says how the process
 * ends. docs/errors.md explains each code; a test holds the two to each other.
 */

/** Code → exit code of the process. 1 is a bug of ours; the rest is explained in docs/errors.md. */
export const exitCodes = {
  "GEO-INTERNAL": 1,
  "GEO-ORDER-TRANSITION": 1,
  "GEO-USAGE": 2,
  "GEO-OPTION-VALUE": 2,
  "GEO-CONFIG": 2,
  "GEO-UNKNOWN-STRATEGY": 2,
  "GEO-STRATEGY-PARAMETER": 2,
  "GEO-ASSERTION-INVALID": 2,
  "GEO-ASSERTION-FAILED": 3,
  "GEO-REPLAY-DIFFERS": 3,
  "GEO-VALUE": 4,
  "GEO-FILE": 4,
  "GEO-OUTPUT": 4,
  "GEO-DATA-EMPTY": 4,
  "GEO-DATA-HEADER": 4,
  "GEO-DATA-VALUE": 4,
  "GEO-DATA-ORDER": 4,
  "GEO-DATA-DUPLICATE": 4,
  "GEO-DATA-SHORT": 4,
  "GEO-DATA-SYMBOL": 4,
  "GEO-STRATEGY-LOAD": 4,
  "GEO-STRATEGY-THREW": 4,
  "GEO-STRATEGY-LOOKAHEAD": 4,
  "GEO-ORDER-REQUEST": 4,
  "GEO-SESSION": 4,
  "GEO-SESSION-BUSY": 4,
  "GEO-CONNECTION": 5,
  "GEO-VENUE-ANSWER": 5,
  "GEO-VENUE-LIMITED": 5,
  "GEO-VENUE-UNSUPPORTED": 5,
  "GEO-CREDENTIALS": 5,
  "GEO-ORDER-REFUSED": 6,
  "GEO-ORDER-UNKNOWN": 6,
  "GEO-HALTED": 6,
  "GEO-NOT-READY": 6,
  "GEO-UNAUTHENTICATED": 5,
  "GEO-FORBIDDEN": 5,
  "GEO-NOT-FOUND": 4,
  "GEO-CONFLICT": 4,
  "GEO-LIMITED": 5,
  "GEO-DRIFT": 6,
  "GEO-INTERRUPTED": 130,
  "GEO-TERMINATED": 143,
} as const;

export type ErrorCode = keyof typeof exitCodes;

export interface ErrorOptions {
  /** What the reader can do next, one sentence. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** Root of all errors that geosync throws on purpose. */
export class GeoSyncError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
  }

  get exitCode(): number {
    return exitCodes[this.code];
  }
}

/** A value, file, flag or parameter is not what was expected. */
export class ValidationError extends GeoSyncError {}

export type ConnectionErrorCode = Extract<
  ErrorCode,
  "GEO-CONNECTION" | "GEO-CREDENTIALS" | `GEO-VENUE-${string}`
>;

export interface ConnectionErrorOptions extends ErrorOptions {
  /** @default GEO-CONNECTION */
  readonly code?: ConnectionErrorCode;
}

/** A data source or venue could not be reached, went away, refused us, or answered what makes no sense. */
export class ConnectionError extends GeoSyncError {
  constructor(message: string, { code = "GEO-CONNECTION", ...options }: ConnectionErrorOptions = {}) {
    super(code, message, options);
  }
}

/** An order could not be placed or managed. */
export class OrderError extends GeoSyncError {}

/** Too little history for what was asked. */
export class InsufficientDataError extends GeoSyncError {
  constructor(message: string, options: ErrorOptions = {}) {
    super("GEO-DATA-SHORT", message, options);
  }
}
