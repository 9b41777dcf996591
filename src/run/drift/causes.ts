import type { Execution } from "../../domain/execution.ts";
import { flattenTag, liquidationTag } from "../../domain/execution.ts";
import { addFixed, compareFixed, type Fixed, negateFixed, zero } from "../../domain/fixed.ts";
import type { ReasonCode } from "../../domain/reasons.ts";
import { heldBy } from "../../execution/live/restored.ts";
import type { OrderPair } from "./pairs.ts";
import type { Stage } from "./stages.ts";
import type { TracedOrder } from "./traces.ts";

/** Why of each pair whose fills only one side has; pairs that filled on both sides, or on neither, are left out. */
export function oneSidedCauses(
  pairs: readonly OrderPair[],
  manual: readonly Execution[],
): ReadonlyMap<OrderPair, Stage> {
  const causes = new Map<OrderPair, Stage>();
  const books = new Map<string, Books>();
  const booksOf = ({ instrument }: Execution, owner: number): Books => {
    const key = `${owner} ${instrument.symbol}`;
    const known = books.get(key) ?? new Books();
    books.set(key, known);
    return known;
  };
  for (const { fill, owner, pair, side } of inTime(pairs, manual)) {
    const own = booksOf(fill, owner);
    if (pair === null) own.apart ??= "manual";
    else if (isOneSided(pair) && !causes.has(pair)) {
      const cause = causeOf(pair, own.apart);
      causes.set(pair, cause);
      own.apart ??= cause;
    }
    own.book(side, fill);
  }
  return causes;
}

/** What the two sides hold of a symbol, and why that differs. */
class Books {
  /** What set the two apart, until both hold nothing: what only one side orders meanwhile follows from it. */
  apart: Stage | null = null;
  readonly #held = { session: zero, backtest: zero };

  book(side: "session" | "backtest", fill: Execution): void {
    this.#held[side] = addFixed(this.#held[side], heldBy(fill));
    const { lot } = fill.instrument;
    if (isDust(this.#held.session, lot) && isDust(this.#held.backtest, lot)) this.apart = null;
  }
}

function isDust(held: Fixed, lot: Fixed): boolean {
  return compareFixed(held.units < 0n ? negateFixed(held) : held, lot) < 0;
}

function isOneSided({ session, backtest }: OrderPair): boolean {
  return hasFilled(session) !== hasFilled(backtest);
}

function hasFilled(order: TracedOrder | null): boolean {
  return order !== null && order.fills.length > 0;
}

function causeOf({ session, backtest }: OrderPair, apart: Stage | null): Stage {
  const filled = hasFilled(session) ? session! : backtest!;
  const other = filled === session ? backtest : session;
  const { tag } = filled.command;
  // Nobody's decision but that of whoever halts: the kill switch, --on-exit, a limit of the account.
  if (tag === flattenTag || tag === liquidationTag) return "rejects";
  const reason = other === null ? null : other.reason;
  if (reason !== null && isRefusal(reason)) return "rejects";
  if (apart !== null) return apart;
  if (other === null) return "other";
  // Refused for what was held or free at that moment.
  if (reason?.startsWith("refused:")) return "rejects";
  return "timing";
}

/** Refused for a reason of its own, not for what was held at that moment. */
function isRefusal(reason: ReasonCode): boolean {
  if (reason === "cancelled:by-user" || reason === "cancelled:by-venue") return true;
  return reason.startsWith("refused:") && !followUps.has(reason);
}

/** Refusals that follow from what is held and free, which follows from what happened before. */
const followUps: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "refused:insufficient-cash",
  "refused:no-position",
  "refused:below-lot",
  "refused:min-notional",
  "refused:no-price",
  "refused:nothing-to-replace",
]);

interface Moment {
  readonly fill: Execution;
  readonly owner: number;
  readonly side: "session" | "backtest";
  /** Null: a trade by hand. */
  readonly pair: OrderPair | null;
}

function inTime(pairs: readonly OrderPair[], manual: readonly Execution[]): readonly Moment[] {
  const moments: Moment[] = manual.map((fill) => ({ fill, owner: 0, side: "session", pair: null }));
  for (const pair of pairs) {
    for (const side of ["session", "backtest"] as const) {
      for (const { fill, owner } of pair[side]?.fills ?? []) moments.push({ fill, owner, side, pair });
    }
  }
  return moments.sort((a, b) => a.fill.time - b.fill.time);
}
