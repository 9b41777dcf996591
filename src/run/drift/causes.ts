import { type Execution, flattenTag, liquidationTag } from "../../domain/execution.ts";
import { addFixed, approximate, compareFixed, type Fixed, negateFixed, zero } from "../../domain/fixed.ts";
import type { ReasonCode } from "../../domain/reasons.ts";
import type { Millis } from "../../domain/time.ts";
import { heldBy } from "../../execution/live/restored.ts";
import type { OrderPair } from "./pairs.ts";
import type { Stage } from "./stages.ts";
import type { TracedOrder } from "./traces.ts";

export interface CausesInput {
  readonly pairs: readonly OrderPair[];
  /** Trades by hand that the session took over. */
  readonly manual: readonly Execution[];
  /** An order that was full so much earlier or later than its like was late, not slow. */
  readonly late: Millis;
}

/**
 * Why of each pair that filled the fills are on one side alone, or (of one that both sides filled) are for another
 * quantity. Between two moments at which both sides hold nothing, what is bought and sold hangs together: what has no
 * cause of its own follows from what first set the two sides apart.
 */
export function quantityCauses(input: CausesInput): ReadonlyMap<OrderPair, Stage> {
  const spans = new Map<OrderPair, Span>();
  const books = new Map<string, Books>();
  for (const { fill, owner, pair, side } of inTime(input)) {
    const key = `${owner} ${fill.instrument.symbol}`;
    const own = books.get(key) ?? new Books();
    books.set(key, own);
    const { span } = own;
    const known = pair === null ? undefined : spans.get(pair);
    if (pair === null) span.apart ??= "manual";
    else if (known === undefined) {
      spans.set(pair, span);
      span.apart ??= ownCauseOf(pair);
      span.isLate ||= isLate(pair, input.late);
    } else if (known !== span) {
      // An order that went on, or was filled on the other side, when both held nothing in between.
      span.apart ??= known.apart;
      span.isLate ||= known.isLate;
    }
    own.book(side, fill);
  }
  return causesOf(spans);
}

/** In time: what was bought for other money follows from what had changed the money. */
function causesOf(spans: ReadonlyMap<OrderPair, Span>): ReadonlyMap<OrderPair, Stage> {
  const causes = new Map<OrderPair, Stage>();
  const ofSpan = new Map<Span, Stage>();
  let money: Stage = "price";
  for (const [pair, span] of spans) {
    const isClean =
      span.apart === null && !span.isLate && hasFilled(pair.session) && hasFilled(pair.backtest);
    if (isClean) {
      // What was bought by value is sold by quantity: one cause for both.
      const cause = ofSpan.get(span) ?? (hasOtherMoney(pair) ? money : "price");
      ofSpan.set(span, cause);
      causes.set(pair, cause);
    } else {
      money = causeOf(pair, span);
      causes.set(pair, money);
    }
  }
  return causes;
}

/** Do the two buy different quantities for what they were to spend, rather than for what they had to pay? */
function hasOtherMoney({ session, backtest }: OrderPair): boolean {
  const [spent, other] = [session!, backtest!].map(({ command }) => command.sizing);
  if (spent!.kind === "quantity" || other!.kind === "quantity") return true;
  const apart = (a: number, b: number) => Math.abs(a / b - 1);
  const price = ({ fills }: TracedOrder) => numberOf(fills[0]!.fill.price);
  return apart(numberOf(spent!.value), numberOf(other!.value)) > apart(price(session!), price(backtest!));
}

function numberOf({ units, scale }: Fixed): number {
  return approximate(units, scale);
}

/** From the first fill after both sides held nothing until they do again. */
interface Span {
  /** What set the two sides apart first. */
  apart: Stage | null;
  /** An order of it was full a good deal later on one side. */
  isLate: boolean;
}

/** What the two sides hold of a symbol. */
class Books {
  span: Span = { apart: null, isLate: false };
  readonly #held = { session: zero, backtest: zero };

  book(side: "session" | "backtest", fill: Execution): void {
    this.#held[side] = addFixed(this.#held[side], heldBy(fill));
    const { lot } = fill.instrument;
    if (isDust(this.#held.session, lot) && isDust(this.#held.backtest, lot)) {
      this.span = { apart: null, isLate: false };
    }
  }
}

function isDust(held: Fixed, lot: Fixed): boolean {
  return compareFixed(held.units < 0n ? negateFixed(held) : held, lot) < 0;
}

function causeOf(pair: OrderPair, { apart, isLate: wasLate }: Span): Stage {
  if (isForced(pair)) return "rejects";
  if (apart !== null) return apart;
  if (wasLate) return "timing";
  // Refused for what was held or free at that moment, and nothing tells why that was different.
  return pair.session === null || pair.backtest === null ? "other" : "rejects";
}

/** What sets two sides apart; null for what may follow from something else. */
function ownCauseOf(pair: OrderPair): Stage | null {
  const { session, backtest } = pair;
  if (isForced(pair)) return "rejects";
  if (session === null || backtest === null) return null;
  const reasons = [session, backtest].flatMap((order) => (isFull(order) ? [] : [order.reason]));
  if (reasons.some((reason) => reason?.startsWith("refused:"))) return null;
  // Cancelled, expired or still open: not filled in time, or not all of it.
  return reasons.length === 0 ? null : "timing";
}

/** Nobody's decision but that of the venue, of a limit, or of whoever halts: kill switch, --on-exit. */
function isForced({ session, backtest }: OrderPair): boolean {
  if (hasFilled(session) && hasFilled(backtest)) return false;
  const [filled, other] = hasFilled(session) ? [session, backtest] : [backtest, session];
  if (filled?.isClosing === true) return true;
  const tag = filled?.command.tag;
  if (tag === flattenTag || tag === liquidationTag) return true;
  const reason = other?.reason ?? null;
  if (reason === "cancelled:by-user" || reason === "cancelled:by-venue") return true;
  return reason?.startsWith("refused:") === true && !followUps.has(reason);
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

function hasFilled(order: TracedOrder | null): boolean {
  return order !== null && order.fills.length > 0;
}

function isFull({ reason }: TracedOrder): boolean {
  return reason === "filled";
}

function isLate({ session, backtest }: OrderPair, late: Millis): boolean {
  const [last, other] = [session?.fills.at(-1), backtest?.fills.at(-1)];
  if (last === undefined || other === undefined) return false;
  return Math.abs(last.fill.time - other.fill.time) >= late;
}

interface Moment {
  readonly fill: Execution;
  readonly owner: number;
  readonly side: "session" | "backtest";
  /** Null: a trade by hand. */
  readonly pair: OrderPair | null;
}

function inTime({ pairs, manual }: CausesInput): readonly Moment[] {
  const moments: Moment[] = manual.map((fill) => ({ fill, owner: 0, side: "session", pair: null }));
  for (const pair of pairs) {
    for (const side of ["session", "backtest"] as const) {
      for (const { fill, owner } of pair[side]?.fills ?? []) moments.push({ fill, owner, side, pair });
    }
  }
  return moments.sort((a, b) => a.fill.time - b.fill.time);
}
