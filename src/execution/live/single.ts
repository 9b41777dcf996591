import type { PlaceCommand } from "../../domain/execution.ts";
import { compareFixed, type Fixed } from "../../domain/fixed.ts";
import { wholeLots } from "../../domain/instrument.ts";
import type { ReasonCode } from "../../domain/reasons.ts";
import type { Millis } from "../../domain/time.ts";
import { least } from "./exact.ts";
import type { Leg } from "./leg.ts";
import { endOfLife, isReached, lifetime, type OrderTerms, sizeOf } from "./orderTerms.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Track } from "./track.ts";
import { idle, mustProbe, nextGeneration, type Step, settling, type Unit } from "./unit.ts";
import { endedByVenue } from "./verdict.ts";

/** An order of its own: sent once, moved when it trails, cancelled when asked, its end told when all of it is booked. */
export class Single implements Unit {
  readonly track: Track;
  /** It sells what exits hold back, and waits for them to let go of it. */
  claims = false;
  busy = false;
  readonly #around: Surroundings;
  #triggered = false;
  #value: Fixed | null = null;

  constructor(track: Track, around: Surroundings) {
    this.track = track;
    this.#around = around;
  }

  get symbol(): string {
    return this.track.command.instrument.symbol;
  }
  get number(): number {
    return this.track.number;
  }
  get tracks(): readonly Track[] {
    return [this.track];
  }
  get isOver(): boolean {
    return this.track.isOver;
  }

  next(now: Millis): Step {
    const { track } = this;
    const { leg } = track;
    if (leg !== null && !leg.isDone) return settling(track, leg, now) ?? this.#whileOpen(leg, now);
    if (track.ended) return idle;
    // After one that was filled there was no other.
    if (leg?.status !== "filled" && mustProbe(track)) return { kind: "probe", track };
    const reason = leg === null ? track.cancel : this.#endOf(leg);
    return reason === null ? this.#placing(now) : { kind: "end", track, reason };
  }

  #whileOpen(leg: Leg, now: Millis): Step {
    const { track } = this;
    const due = endOfLife(track.command);
    if (due !== null && now >= due) track.cancel ??= expiry(track.command);
    if (track.cancel === null && this.#around.mustYield(track)) track.cancel = "cancelled:for-stop";
    // Told as ended, and yet it stands at the venue: it came late, after all answers denied it.
    if (track.ended || track.cancel !== null || this.#isToMove(leg, now)) {
      return now < leg.nextTry ? { kind: "wait", until: leg.nextTry } : { kind: "cancel", track, leg };
    }
    return due === null ? idle : { kind: "wait", until: due };
  }

  /** Only ever closer to the market. */
  #isToMove({ price, sentAt }: Leg, now: Millis): boolean {
    const { moved, command } = this.track;
    if (command.trail === null || moved === null || price === null) return false;
    const gain = compareFixed(moved, price);
    return (command.side === "sell" ? gain > 0 : gain < 0) && now >= sentAt + this.#around.moveEveryMs;
  }

  /** Null: not the end, another order is to be placed in its place. */
  #endOf(leg: Leg): ReasonCode | null {
    const { cancel, command, filled, total } = this.track;
    const moves = command.trail !== null;
    if (leg.state === "refused") {
      // It is reached already: what is left of a stop then is a market order.
      if (leg.wouldTrigger && command.type === "stop" && !this.#triggered) {
        this.#triggered = true;
        return cancel;
      }
      return cancel ?? leg.refusal;
    }
    if (leg.state === "absent") {
      // A replacement is sent when the other is gone only, so that it waited is the rule; a restart changes nothing.
      const stays = leg.terms.generation > 1 || this.#isGuarded() || command.replaces !== null;
      return cancel ?? (stays ? null : "refused:not-sent");
    }
    if (leg.status === "filled" || (total !== null && filled >= total)) return "filled";
    // After a restart nobody knows whether a trailing stop was cancelled to be moved; the position needs it.
    if (leg.cancelAsked || (moves && leg.terms.restored === true)) return cancel;
    return cancel ?? endedByVenue(leg, command);
  }

  #placing(now: Millis): Step {
    const { track } = this;
    const refused = this.#waitsOrIsRefused(now);
    if (refused !== null) return refused;
    if (track.leg === null && !this.#around.hasRoomForStop(track.command))
      return { kind: "end", track, reason: "refused:venue-full" };
    if (track.total === null && this.#value === null) {
      const reason = this.#size();
      if (reason !== null) return { kind: "end", track, reason };
    }
    const { command, total } = track;
    const rest = total === null ? null : total - track.filled;
    const had = this.claims;
    if (rest !== null && track.leg === null && this.#isInTheWay(rest))
      return { kind: "end", track, reason: "refused:kept-for-stop" };
    if (rest !== null && this.#mustMakeRoom(rest)) return had ? idle : { kind: "again" };
    const stop = track.moved ?? command.stop;
    const isStop = (command.type === "stop" || command.type === "stop_limit") && !this.#triggered;
    if (isStop && stop === null) return { kind: "end", track, reason: "refused:no-price" };
    const terms: OrderTerms = {
      number: track.number,
      generation: nextGeneration(track),
      type: isStop ? command.type : command.type === "stop" ? "market" : this.#typeNow(command),
      quantity: rest,
      value: this.#value,
      limit: command.limit,
      stop: isStop ? stop : null,
      postOnly: command.postOnly,
      ...lifetime(command, this.#around.abilities),
    };
    return { kind: "place", track, terms };
  }

  #typeNow({ type }: PlaceCommand): OrderTerms["type"] {
    return type === "stop_limit" ? "limit" : type;
  }

  #waitsOrIsRefused(now: Millis): Step | null {
    const { track } = this;
    const { replaced, command, leg } = track;
    const due = endOfLife(command);
    if (due !== null && now >= due) return { kind: "end", track, reason: expiry(command) };
    if ((leg === null || leg.state === "absent") && command.replaces !== null) {
      const gone: Step = { kind: "end", track, reason: "refused:nothing-to-replace" };
      if (track.tooLate || replaced === null) return gone;
      if (!replaced.isOver) return idle;
      if (replaced.reason !== "cancelled:by-strategy") return gone;
      track.moved ??= command.trail === null ? null : replaced.moved;
    }
    if (this.#isGuarded() && !this.#triggered) {
      const stop = track.moved ?? command.stop;
      const price = this.#around.price(command.instrument);
      this.#triggered = stop !== null && price !== null && isReached(price, stop, command.side === "buy");
      if (!this.#triggered) return due === null ? idle : { kind: "wait", until: due };
    }
    return null;
  }

  /** The venue has no such orders: the stop is watched from here. */
  #isGuarded(): boolean {
    const { type } = this.track.command;
    if (type !== "stop" && type !== "stop_limit") return false;
    return !this.#around.abilities.types.includes(type);
  }

  /** How much it comes to. @returns why it can't be placed */
  #size(): ReasonCode | null {
    const { track } = this;
    const { command, replaced } = track;
    const { instrument, sizing } = command;
    const size = sizeOf(command, sizing, this.#around.abilities.byValue, this.#around.price(instrument));
    if (size.units === null) {
      this.#value = size.value;
      return size.value.units > 0n ? null : "refused:min-notional";
    }
    let { units } = size;
    if (replaced !== null) {
      // The rest of what it replaces: what that one filled since the decision is taken off.
      const since = replaced.filledInPlace - track.filledBefore;
      units =
        sizing.kind === "value" && replaced.filled > 0n && replaced.total !== null
          ? replaced.total - replaced.filled
          : units - since;
      if (units <= 0n) return "refused:nothing-to-replace";
    }
    if (command.reduceOnly) {
      const held = this.#around.held(instrument);
      const closable = wholeLots(command.side === "sell" ? held : -held, instrument);
      if (closable <= 0n) return "refused:no-position";
      track.clipped = closable < units;
      units = least(units, closable);
    }
    if (units <= 0n) return "refused:below-lot";
    track.total = units;
    return null;
  }

  /** It would only wait, for what exits and stops need. */
  #isInTheWay(rest: bigint): boolean {
    const { track } = this;
    return !track.isProtective && !this.#isImmediate() && this.#around.isKept(track.command, rest);
  }

  #isImmediate(): boolean {
    const { type, timeInForce } = this.track.command;
    return type === "market" || timeInForce === "IOC" || timeInForce === "FOK";
  }

  /** On spot what exits hold back can't be sold; an order that is executed at once goes before them. */
  #mustMakeRoom(rest: bigint): boolean {
    const { instrument, side } = this.track.command;
    if (side !== "sell" || instrument.contract || !this.#isImmediate()) return false;
    const heldBack = this.#around.heldBack(instrument);
    this.claims ||= heldBack > 0n && this.#around.held(instrument) - heldBack < rest;
    return this.claims && heldBack > 0n;
  }
}

function expiry({ timeInForce }: PlaceCommand): ReasonCode {
  return timeInForce === "DAY" ? "expired:day" : "expired:gtd";
}
