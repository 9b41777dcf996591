import { setTimeout as sleep } from "node:timers/promises";
import type { VenueSide } from "./intake.ts";
import type { Session } from "./session.ts";
import type { SessionEngine } from "./sessionEngine.ts";

/** What becomes of open orders and of what is held when a session is stopped. */
export type ExitRule = "keep" | "cancel" | "flatten";

export interface ExitOptions {
  readonly rule: ExitRule;
  readonly session: Session;
  readonly core: SessionEngine;
  /** Null on paper. */
  readonly venue: VenueSide | null;
  readonly warn: (message: string) => void;
}

/** How long an exit waits for what it asked of the venue, in ms; and how often it looks. */
export const exitMs = 20_000;
const lookMs = 20;

/** Does with orders and positions as the rule says, and learns what came of it. */
export async function wind({ rule, session, core, venue, warn }: ExitOptions): Promise<void> {
  if (venue === null) {
    // No market will come to close anything on: as at the end of the data, at the last price.
    if (rule === "flatten") session.ask({ kind: "finish", atEnd: "close" });
    if (rule === "cancel") session.ask({ kind: "cancelAll" });
    session.settle();
    return;
  }
  const patience = AbortSignal.timeout(exitMs);
  if (rule === "flatten") session.ask({ kind: "flatten" });
  session.settle();
  try {
    if (rule === "cancel") await within(patience, venue.cancelAll("cancelled:by-user"));
    if (rule === "flatten") await untilFlat(core, session, patience);
    await within(patience, venue.reconcile());
    // What it has found to be different is asked for after it.
    await within(patience, venue.settled());
  } catch (error) {
    warn(`not all of --on-exit ${rule} is known to be done: ${(error as Error).message}`);
  } finally {
    session.settle();
    await venue.stop();
  }
}

async function untilFlat(core: SessionEngine, session: Session, patience: AbortSignal): Promise<void> {
  while (core.account.hasPosition || core.orders.open.length > 0) {
    patience.throwIfAborted();
    session.settle();
    await sleep(lookMs);
  }
}

/** @throws the signal's reason when it does not settle in time */
async function within(patience: AbortSignal, work: Promise<unknown>): Promise<void> {
  patience.throwIfAborted();
  let stop = (): void => {};
  const late = new Promise<never>((_, reject) => {
    stop = () => reject(patience.reason);
    patience.addEventListener("abort", stop, { once: true });
  });
  await Promise.race([work, late]).finally(() => patience.removeEventListener("abort", stop));
}

/** Settles with `work`, or without it once the signal says so: whoever looks at the signal next stops. */
export async function untilAborted(signal: AbortSignal, work: Promise<unknown>): Promise<void> {
  await within(signal, work).catch((error: unknown) => {
    if (!signal.aborted || error !== signal.reason) throw error;
    work.catch(() => {});
  });
}

/** Aborts so many ms after `signal`, for the same reason. */
export function laterThan(signal: AbortSignal, ms: number): AbortSignal {
  const late = new AbortController();
  const begin = () => setTimeout(() => late.abort(signal.reason), ms).unref();
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return late.signal;
}
