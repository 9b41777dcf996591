import { compareFixed, type Fixed } from "../../domain/fixed.ts";
import { isTooSmall, unitValue, wholeLots } from "../../domain/instrument.ts";
import type { ReasonCode } from "../../domain/reasons.ts";
import type { Millis } from "../../domain/time.ts";
import { least } from "./exact.ts";
import type { Leg } from "./leg.ts";
import { isReached, type OrderTerms } from "./orderTerms.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Track } from "./track.ts";
import { idle, mustProbe, nextGeneration, type Step, settling, type Unit } from "./unit.ts";

/**
 * How the exits stand at the venue. `list`: stop and target, of which one cancels the other. `alone`: the stop, while
 * the target is watched from here. `take`: the target was reached, its order takes what it can get. `market`: the stop
 * was passed before it could stand there.
 */
type Mode = "list" | "alone" | "take" | "market";

/**
 * Stop and target of one entry, as a state to be kept at the venue rather than orders that are sent once: as much as
 * the entry has filled and is still held is protected, whatever happened to the orders meant for it.
 */
export class ExitPair implements Unit {
  readonly entry: Track;
  busy = false;
  /** Filled by exits of the entry so far. */
  exited: bigint;
  readonly #around: Surroundings;
  #members: Track[];
  #mode: Mode;
  /** Unless the market has come to one of them. */
  #normal: "list" | "alone";
  #takeFrom: Millis = Number.NEGATIVE_INFINITY;
  /** What the venue has refused the exits for: orders that matter less give way until they stand there. */
  needs: "coins" | "room" | null = null;
  #pressed = 0;
  #pressAgain: Millis = Number.NEGATIVE_INFINITY;

  constructor(entry: Track, exits: readonly Track[], exited: bigint, around: Surroundings) {
    this.entry = entry;
    this.exited = exited;
    this.#members = [...exits];
    this.#around = around;
    this.#normal = around.abilities.exits ? "list" : "alone";
    this.#mode = this.#normal;
  }

  get symbol(): string {
    return this.entry.command.instrument.symbol;
  }
  get number(): number {
    return this.entry.number;
  }
  get tracks(): readonly Track[] {
    return this.#members;
  }
  get isOver(): boolean {
    return this.entry.isOver && this.#members.every(({ isOver }) => isOver);
  }

  /** The exit takes the place of another one of the entry. */
  add(exit: Track): void {
    this.#members = [...this.#members.filter(({ isOver }) => !isOver), exit];
  }

  /** What of the entry is still held. */
  get exposed(): bigint {
    const { entry, exited } = this;
    const before = this.#around.protectedBefore(entry.command.instrument, entry.number);
    return this.#lots(least(entry.filled - exited, this.#ofHeld(before)));
  }

  /** What of it is to stand under exits; what fees have taken of it may be held back by other orders of ours. */
  get wanted(): bigint {
    return this.wantedAfter(this.#around.protectedBefore(this.entry.command.instrument, this.entry.number));
  }

  /** The same, when so much of the holding is protected for earlier entries. */
  wantedAfter(before: bigint): bigint {
    const { entry, exited } = this;
    const others = this.#around.restingToClose(entry.command, "other");
    const beside = this.#ofHeld(before + this.#around.restingToClose(entry.command, "protective") + others);
    const kept = this.keptAfter(before);
    return kept > beside ? kept : this.#lots(least(entry.filled - exited, beside));
  }

  /** What the entry itself has brought, fees taken off: no order that only waits for a price may hold it back. */
  keptAfter(before: bigint): bigint {
    const { entry, exited } = this;
    const left = this.#ofHeld(before + this.#around.restingToClose(entry.command, "protective"));
    return this.#lots(least(entry.filled - entry.charged - exited, left));
  }

  /** What its exits still have to do; while the entry may bring more, that is never nothing. */
  get remaining(): bigint {
    const { exposed, entry } = this;
    return exposed > 0n || entry.isOver ? exposed : entry.command.instrument.lot.units;
  }

  #ofHeld(taken: bigint): bigint {
    const { instrument, side } = this.entry.command;
    const held = this.#around.held(instrument);
    return (side === "buy" ? held : -held) - taken;
  }

  #lots(quantity: bigint): bigint {
    const units = wholeLots(quantity, this.entry.command.instrument);
    return units > 0n ? units : 0n;
  }

  next(now: Millis): Step {
    if (this.needs !== null && (this.#openLegs().length > 0 || this.wanted === 0n)) {
      this.needs = null;
      this.#pressed = 0;
    }
    for (const track of this.#members) {
      if (mustProbe(track)) return { kind: "probe", track };
      if (track.leg === null || track.leg.isDone) continue;
      const step = settling(track, track.leg, now);
      if (step !== null) return step;
    }
    return this.#concluded(now) ?? this.#withdrawn(now) ?? this.#protecting(now);
  }

  /** Exits that have come to an end of their own. */
  #concluded(now: Millis): Step | null {
    for (const track of this.#members) {
      const { leg } = track;
      if (track.ended || (leg !== null && !leg.isDone)) continue;
      if (track.cancel !== null) return { kind: "end", track, reason: track.cancel };
      const { replaced } = track;
      if (track.tooLate) return { kind: "end", track, reason: "refused:nothing-to-replace" };
      if (leg === null && replaced?.isOver === true && replaced.reason !== "cancelled:by-strategy")
        return { kind: "end", track, reason: "refused:nothing-to-replace" };
      if (leg?.state === "refused") {
        const step = this.#press(track, leg, now) ?? this.#refused(track, leg);
        if (step !== null) return step;
      } else if (leg?.state === "over" && this.#isForeignEnd(leg)) {
        const sibling = this.#openLegs().find((one) => one.track !== track);
        // Perhaps it went because its sibling was filled, and that news comes later.
        if (sibling !== undefined && !sibling.leg.cancelAsked && sibling.leg.sentAt === leg.sentAt)
          if (!leg.siblingAsked) {
            leg.siblingAsked = true;
            return { kind: "ask", ...sibling };
          }
        return { kind: "end", track, reason: "cancelled:by-user" };
      }
    }
    return null;
  }

  /** Cancelled by someone else: neither it nor its sibling by us, and not because one of them was filled. */
  #isForeignEnd({ status, terms, sentAt }: Leg): boolean {
    if (status === "filled" || terms.restored === true) return false;
    return this.#members.every(({ leg }) => {
      return leg === null || leg.sentAt !== sentAt || (!leg.cancelAsked && leg.booked === 0n);
    });
  }

  /** Refused for what can be got: by news that are under way, and by taking back what matters less. */
  #press(track: Track, leg: Leg, now: Millis): Step | null {
    const needs = needsAfter[leg.refusal!];
    if (needs === undefined || this.#pressed === mostPresses) return null;
    this.needs = needs;
    this.#pressAgain = now + firstPressMs * 2 ** this.#pressed++;
    for (const { leg: one } of this.#members) if (one?.state === "refused") one.state = "absent";
    return { kind: "trades", track, leg };
  }

  /** The venue does not take it as it is: another way to get out, or the end of it. */
  #refused(track: Track, leg: Leg): Step | null {
    const reason = leg.refusal!;
    const stop = this.#holder("stopLoss");
    if (this.#mode === "market" || stop === null) return { kind: "end", track, reason };
    const passed = this.#isPassed(stop, "stopLoss");
    const target = this.#holder("takeProfit");
    const taken = target !== null && this.#isPassed(target, "takeProfit");
    if (passed || (leg.wouldTrigger && !taken)) this.#mode = "market";
    else if (this.#mode === "list" && (target !== null || this.#isOfPair(leg))) {
      if (!taken) this.#normal = "alone";
      this.#mode = taken ? "take" : "alone";
    } else if (track === stop) return { kind: "end", track, reason };
    for (const { leg: one } of this.#members) if (one?.state === "refused") one.state = "absent";
    return null;
  }

  /** It was sent with its sibling, whatever has become of that one since. */
  #isOfPair({ sentAt, terms }: Leg): boolean {
    return this.#members.some(({ leg }) => leg?.sentAt === sentAt && leg.terms.number !== terms.number);
  }

  /** Nothing (more) to protect: what stands there is taken back, and the exits end. */
  #withdrawn(now: Millis): Step | null {
    if (this.wanted > 0n && !this.#around.isClaimed(this.entry.command.instrument)) return null;
    const open = this.#openLegs()[0];
    if (open !== undefined) return this.#cancel(open.track, open.leg, now);
    if (!this.entry.isOver || this.exposed > 0n) return idle;
    const track = this.#members.find(({ ended }) => !ended);
    if (track === undefined) return idle;
    return { kind: "end", track, reason: track.leg?.status === "filled" ? "filled" : "cancelled:oco" };
  }

  #protecting(now: Millis): Step {
    this.#watch(now);
    const { wanted } = this;
    const due = this.#dueNow(now);
    const open = this.#openLegs();
    // A stop that has begun to fill was reached: it is on its way out.
    const leaving = open.find(({ track, leg }) => track.command.stop !== null && leg.booked > 0n);
    if (leaving !== undefined) return idle;
    if (due.length > 0 && this.#around.isMakingRoom(this.entry.command.instrument)) return idle;
    if (open.length === 0 && now < this.#pressAgain) return { kind: "wait", until: this.#pressAgain };
    const wrong = open.find(({ track, leg }) => {
      return !due.includes(track) || leg.rest !== wanted || isElsewhere(track, leg);
    });
    const partly = open.length > 0 && open.length < due.length ? open[0] : undefined;
    const away = wrong ?? partly;
    if (away !== undefined) return this.#cancel(away.track, away.leg, now);
    if (open.length > 0 || due.length === 0) return idle;
    return this.#place(due, wanted);
  }

  #place(due: readonly Track[], wanted: bigint): Step {
    const { instrument } = this.entry.command;
    const worth = unitValue(instrument, priceOf(due[0]!));
    if (isTooSmall(instrument, wanted, worth)) {
      if (!this.entry.isOver) return idle;
      const track = this.#members.find(({ ended }) => !ended);
      return track === undefined ? idle : { kind: "end", track, reason: "refused:min-notional" };
    }
    const [first, second] = due.map((track) => ({ track, terms: this.#termsOf(track, wanted) }));
    if (second === undefined) return { kind: "place", ...first! };
    return { kind: "placeExits", stopLoss: first!, takeProfit: second };
  }

  #termsOf(track: Track, quantity: bigint): OrderTerms {
    const stops = track.command.stop !== null;
    const price = priceOf(track);
    const takes = !stops && this.#mode === "take" && this.#around.abilities.timeInForce.includes("IOC");
    return {
      number: track.number,
      generation: nextGeneration(track),
      type: !stops ? "limit" : this.#mode === "market" ? "market" : "stop",
      quantity,
      value: null,
      limit: stops ? null : price,
      stop: stops && this.#mode !== "market" ? price : null,
      timeInForce: takes ? "IOC" : "GTC",
      expires: null,
      postOnly: false,
    };
  }

  /** The exits that should stand at the venue, the stop first. */
  #dueNow(now: Millis): readonly Track[] {
    const stop = this.#holder("stopLoss");
    const target = this.#holder("takeProfit");
    if (stop === null || target === null) {
      const one = stop ?? target;
      return one === null || (one === stop && this.#isGuarded()) ? [] : [one];
    }
    if (this.#mode === "list") return [stop, target];
    if (this.#mode === "take") return now < this.#takeFrom ? [] : [target];
    return this.#isGuarded() ? [] : [stop];
  }

  /** Without stop orders at the venue, the stop is watched from here. */
  #isGuarded(): boolean {
    return this.#mode !== "market" && !this.#around.abilities.types.includes("stop");
  }

  #watch(now: Millis): void {
    const stop = this.#holder("stopLoss");
    const target = this.#holder("takeProfit");
    if (stop !== null && this.#isGuarded() && this.#isPassed(stop, "stopLoss")) this.#mode = "market";
    if (target === null || stop === null) {
      if (this.#mode === "take") this.#mode = this.#normal;
      return;
    }
    const taken = this.#isPassed(target, "takeProfit");
    if (this.#mode === "alone" && taken) {
      this.#mode = "take";
      this.#takeFrom = now;
    } else if (this.#mode === "take" && !taken) this.#mode = this.#normal;
  }

  #isPassed(track: Track, role: Role): boolean {
    const price = this.#around.price(this.entry.command.instrument);
    const sells = track.command.side === "sell";
    return price !== null && isReached(price, priceOf(track), (role === "takeProfit") === sells);
  }

  /** The exit of that role, as it was last changed: a changed one waits until the other is over. */
  #holder(role: Role): Track | null {
    const tracks = this.#members.filter((track) => {
      const ofRole = (track.command.stop !== null) === (role === "stopLoss");
      return ofRole && !(track.ended && track.reason !== "filled") && track.cancel === null;
    });
    return tracks.findLast(({ replaced }) => replaced === null || replaced.isOver) ?? null;
  }

  #openLegs(): readonly { readonly track: Track; readonly leg: Leg }[] {
    return this.#members.flatMap((track) => {
      const { leg } = track;
      return leg !== null && leg.state === "open" ? [{ track, leg }] : [];
    });
  }

  #cancel(track: Track, leg: Leg, now: Millis): Step {
    return now < leg.nextTry ? { kind: "wait", until: leg.nextTry } : { kind: "cancel", track, leg };
  }
}

/** Refusals that may pass, and what for: sent again so often, with twice the time between each. */
const needsAfter: Partial<Record<ReasonCode, "coins" | "room">> = {
  "refused:insufficient-cash": "coins",
  "refused:venue-full": "room",
};
const mostPresses = 5;
const firstPressMs = 250;

type Role = "stopLoss" | "takeProfit";

function priceOf({ command, moved }: Track): Fixed {
  return (moved ?? command.stop ?? command.limit)!;
}

function isElsewhere(track: Track, { price }: Leg): boolean {
  return price !== null && compareFixed(price, priceOf(track)) !== 0;
}
