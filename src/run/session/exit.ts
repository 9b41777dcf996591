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

/** How long an exit waits for what it asked of the venue, and how often it looks. */
const exitMs = 20_000;
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
  let stop = (): void => {};
  const late = new Promise<never>((_, reject) => {
    stop = () => reject(patience.reason);
    patience.addEventListener("abort", stop, { once: true });
  });
  await Promise.race([work, late]).finally(() => patience.removeEventListener("abort", stop));
}
