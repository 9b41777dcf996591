/**
 * What an error of ccxt means, as a table: the first row that fits tells. Ccxt's classes alone do not do: it takes -1021
 * for a lost connection, a refused key for a flood of requests, and 400 for an outage.
 */

export type Verdict =
  /** The venue read the request and said no. */
  | "refused"
  /** It may have done what it was asked. */
  | "unknown"
  /** Too many requests, or banned for that: not done. */
  | "limited"
  /** The key is not there, not known, or has not the right: not done. */
  | "credentials"
  /** The request's time was out of its window: not done. */
  | "clock"
  /** Nobody answered, or the line was cut. */
  | "unreachable"
  /** The venue has trouble of its own; it may have done what it was asked. */
  | "outage"
  /** It answered what makes no sense. */
  | "answer"
  /** The venue or ccxt cannot do that: not done. */
  | "unsupported"
  /** We hung up. */
  | "closed";

/** Why a venue said no, where that matters to what is done about it. */
export type RefusalReason =
  | "not-found"
  | "insufficient-funds"
  | "duplicate"
  | "would-match"
  | "no-symbol"
  | "filter"
  | "other";

interface Row {
  /** Codes of Binance, which its messages carry as they came. */
  readonly codes?: readonly number[];
  /** Of ccxt; descendants count. */
  readonly type?: string;
  readonly words?: RegExp;
  readonly status?: (status: number) => boolean;
  readonly verdict: Verdict;
  readonly reason?: RefusalReason;
}

export const verdicts: readonly Row[] = [
  { status: (status) => status === 418 || status === 429, verdict: "limited" },
  { codes: [-1021], verdict: "clock" },
  { codes: [-1003, -1015], verdict: "limited" },
  // After a private call that worked, ccxt takes -2015 for a passing ban; it is a key that was withdrawn.
  { codes: [-1002, -1022, -2014, -2015], verdict: "credentials" },
  // "An unknown error", "Internal error", "Unexpected response", "Timeout waiting for response": none says not done.
  { codes: [-1000, -1001, -1006, -1007], verdict: "unknown" },
  // "Throttled by system-level protection", of which ccxt makes a refusal: where its status is lost, too.
  { codes: [-1008], verdict: "outage" },
  // Of a cancel and replace, one half was done.
  { codes: [-2021], verdict: "unknown" },
  // By its rules, any 5xx leaves open whether it was done, whatever the body says.
  { status: (status) => status >= 500, verdict: "outage" },
  { status: (status) => status === 451, verdict: "unsupported" },
  { words: /duplicate.*order|order.*duplicate|clOrdId.*duplicat/i, verdict: "refused", reason: "duplicate" },
  { codes: [-2011, -2013], verdict: "refused", reason: "not-found" },
  { codes: [-1013, -1111], verdict: "refused", reason: "filter" },
  { type: "InsufficientFunds", verdict: "refused", reason: "insufficient-funds" },
  { type: "OrderNotFound", verdict: "refused", reason: "not-found" },
  { type: "DuplicateOrderId", verdict: "refused", reason: "duplicate" },
  { type: "OrderImmediatelyFillable", verdict: "refused", reason: "would-match" },
  { type: "BadSymbol", verdict: "refused", reason: "no-symbol" },
  { type: "AuthenticationError", verdict: "credentials" },
  { type: "NotSupported", verdict: "unsupported" },
  { type: "ExchangeClosedByUser", verdict: "closed" },
  { type: "InvalidProxySettings", verdict: "unreachable" },
  { type: "DDoSProtection", verdict: "limited" },
  { type: "RateLimitExceeded", verdict: "limited" },
  // Kraken's nonce is one, too.
  { type: "InvalidNonce", verdict: "clock" },
  { type: "RequestTimeout", verdict: "unknown" },
  { type: "ExchangeNotAvailable", verdict: "outage" },
  { type: "NetworkError", verdict: "unreachable" },
  { type: "BadResponse", verdict: "answer" },
  { type: "OperationFailed", verdict: "outage" },
  { type: "InvalidOrder", verdict: "refused", reason: "filter" },
  { type: "ExchangeError", verdict: "refused", reason: "other" },
];

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason?: RefusalReason;
  /** The venue's own number for it. */
  readonly venueCode?: number;
}

/** @param status and `code` of the answer, when there was one that names them */
export function judge(error: unknown, status?: number, code?: number): Judgement {
  // Ccxt leaves it out of some messages.
  const venueCode = code ?? codeIn(error);
  const row = rowOf(error, status, venueCode);
  // No error of ccxt's: its parser stumbled over the answer.
  if (row === undefined) return { verdict: "answer" };
  return {
    verdict: row.verdict,
    ...(row.reason === undefined ? {} : { reason: row.reason }),
    ...(venueCode === undefined ? {} : { venueCode }),
  };
}

/** The row of the table that tells; none for what is no error of ccxt's. */
export function rowOf(error: unknown, status?: number, code = codeIn(error)): Row | undefined {
  if (!(error instanceof Error)) return undefined;
  const types = typesOf(error);
  return verdicts.find(
    (row) =>
      (row.codes === undefined || (code !== undefined && row.codes.includes(code))) &&
      (row.type === undefined || types.has(row.type)) &&
      (row.words === undefined || row.words.test(error.message)) &&
      (row.status === undefined || (status !== undefined && row.status(status))),
  );
}

function codeIn(error: unknown): number | undefined {
  const match = error instanceof Error ? /"code"\s*:\s*"?(-\d{4})\b/.exec(error.message) : null;
  return match === null ? undefined : Number(match[1]);
}

/** Names of its class and of those it descends from. */
function typesOf(error: Error): ReadonlySet<string> {
  const names = new Set<string>();
  let prototype = Object.getPrototypeOf(error) as object | null;
  while (prototype !== null && prototype !== Object.prototype) {
    names.add(prototype.constructor.name);
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return names;
}
