import { ConnectionError, type ConnectionErrorCode, GeoSyncError, OrderError } from "../domain/errors.ts";
import type { CallScope } from "./callScope.ts";
import { type Scrub, scrubbedCause, scrubbedMessage } from "./scrub.ts";
import { type Judgement, judge, type RefusalReason, type Verdict } from "./verdict.ts";

/** The venue said no to an order, or knows none of that name: GEO-ORDER-REFUSED, with the venue's own words. */
export class VenueRefusal extends OrderError {
  readonly reason: RefusalReason;
  /** The venue's number for it, such as -2010. */
  readonly venueCode: number | undefined;

  constructor(message: string, { reason = "other", venueCode }: Partial<Judgement>, cause?: unknown) {
    super("GEO-ORDER-REFUSED", message, { cause });
    this.reason = reason;
    this.venueCode = venueCode;
  }
}

/** How a try of a call ended, and what may be done about it. */
export class Failure extends Error {
  readonly error: GeoSyncError;
  readonly verdict: Verdict | undefined;

  constructor(error: GeoSyncError, verdict?: Verdict) {
    super(error.message);
    this.error = error;
    this.verdict = verdict;
  }

  /** Whether a question may be asked again: its cause may be gone by then. */
  get passing(): boolean {
    return this.verdict !== undefined && passing.has(this.verdict);
  }

  /** Whether it speaks against the venue as a whole: enough of these open the circuit breaker. */
  get outage(): boolean {
    return this.verdict !== undefined && outages.has(this.verdict);
  }
}

const outages: ReadonlySet<Verdict> = new Set(["unknown", "outage", "unreachable", "answer"] as const);
const passing: ReadonlySet<Verdict> = new Set([...outages, "clock", "limited"] as const);

export interface FailedCall {
  readonly venue: string;
  readonly call: string;
  readonly repeatable: boolean;
  readonly scope: CallScope;
  readonly scrub: Scrub;
}

/** What came of a call that ccxt threw out of. */
export function failureOf(thrown: unknown, call: FailedCall): Failure {
  if (thrown instanceof GeoSyncError) return ownFailure(thrown, call);
  const { scope } = call;
  const judged = judge(thrown, scope.status, scope.venueCode);
  // An error that ccxt made while it read a good answer says nothing about what the venue did with an order; of a
  // question it may be the answer: some venues send an empty list for an order they do not know.
  const misread = !call.repeatable && scope.requests > 0 && !scope.saidNo && !outages.has(judged.verdict);
  const judgement: Judgement = misread ? { verdict: "answer" } : judged;
  return new Failure(errorOf(judgement, thrown, call), judgement.verdict);
}

/** A door of the session refused a request, or the caller's own check did. */
function ownFailure(error: GeoSyncError, call: FailedCall): Failure {
  // Of several requests an earlier one may have been the order.
  if (!call.repeatable && call.scope.requests > 0 && error instanceof ConnectionError) {
    return new Failure(errorOf({ verdict: "unknown" }, error, call));
  }
  return new Failure(error, error.code === "GEO-VENUE-LIMITED" ? "limited" : undefined);
}

/** The session was closed while it waited. */
export function hungUp(call: FailedCall): Failure {
  return new Failure(errorOf({ verdict: "closed" }, new Error("the session was closed"), call));
}

/** The deadline of ours passed. */
export function timedOut(deadlineMs: number, call: FailedCall): Failure {
  return new Failure(
    errorOf({ verdict: "unknown" }, new Error(`no answer within ${deadlineMs} ms`), call),
    "unknown",
  );
}

/** The answer arrived, and its reader refused it. */
export function unreadable(thrown: unknown, call: FailedCall): Failure {
  // A reader may find a refusal in an answer that is in order.
  if (thrown instanceof OrderError) return new Failure(thrown);
  return new Failure(errorOf({ verdict: "answer" }, thrown, call), "answer");
}

function errorOf(judgement: Judgement, thrown: unknown, call: FailedCall): GeoSyncError {
  const { verdict } = judgement;
  const cause = scrubbedCause(thrown, call.scrub);
  const words = scrubbedMessage(thrown, call.scrub);
  const mayBeThere = call.scope.requests + call.scope.messages > 0;
  const told = `${call.venue} ${call.call}`;
  if (!call.repeatable && mayBeThere && (outages.has(verdict) || verdict === "closed")) {
    return new OrderError("GEO-ORDER-UNKNOWN", `${told}: it may or may not have been done: ${words}`, {
      cause,
      hint: "Never send it again before the venue was asked for it by its client order id.",
    });
  }
  if (verdict === "refused" && (!call.repeatable || isAboutAnOrder(judgement.reason))) {
    return new VenueRefusal(`${told}: ${words}`, judgement, cause);
  }
  const { code, hint } = connectionErrors[verdict];
  const sent = mayBeThere ? "" : ", nothing was sent";
  return new ConnectionError(`${told}${sent}: ${words}`, { code, hint, cause });
}

function isAboutAnOrder(reason: RefusalReason | undefined): boolean {
  return reason !== "no-symbol" && reason !== "other" && reason !== undefined;
}

const connectionErrors: Readonly<Record<Verdict, { code: ConnectionErrorCode; hint: string }>> = {
  refused: {
    code: "GEO-VENUE-UNSUPPORTED",
    hint: "The venue understood the question and will not answer it.",
  },
  unknown: { code: "GEO-CONNECTION", hint: "Try again; geosync doctor measures the way to the venue." },
  limited: {
    code: "GEO-VENUE-LIMITED",
    hint: "Wait until the venue lets you in again, and run fewer programs on this address.",
  },
  credentials: {
    code: "GEO-CREDENTIALS",
    hint: "Check key, secret, passphrase, the addresses allowed to use them, and testnet against production.",
  },
  clock: {
    code: "GEO-CONNECTION",
    hint: "This machine's clock and the venue's differ too much: switch on time synchronisation (NTP).",
  },
  unreachable: {
    code: "GEO-CONNECTION",
    hint: "Is the address right, and the venue or local exchange running? geosync doctor tells.",
  },
  outage: { code: "GEO-CONNECTION", hint: "The venue has trouble of its own; see its status page." },
  answer: { code: "GEO-VENUE-ANSWER", hint: "Try again. If it stays, the venue changed its protocol." },
  unsupported: { code: "GEO-VENUE-UNSUPPORTED", hint: "docs/venues.md tells what each venue can do." },
  closed: { code: "GEO-CONNECTION", hint: "The session was closed." },
};
