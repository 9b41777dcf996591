import type { ReasonCode } from "../../domain/reasons.ts";
import type { Millis } from "../../domain/time.ts";
import type { OrderSet } from "./orderSet.ts";
import type { Quiet, Timers } from "./pace.ts";
import type { Track } from "./track.ts";
import type { Step, Unit } from "./unit.ts";

export interface RunnerOptions {
  readonly orders: OrderSet;
  readonly quiet: Quiet;
  readonly timers: Timers;
  now(): Millis;
  /** Asks something of the venue. Never throws. */
  perform(step: Request): Promise<void>;
  end(track: Track, reason: ReasonCode): void;
}

export type Request = Exclude<Step, { kind: "idle" | "again" | "wait" | "end" }>;

/** In this order within a turn: what takes risk away before what adds it. */
const ranks: Readonly<Record<Request["kind"], number>> = {
  cancel: 0,
  trades: 1,
  ask: 1,
  probe: 1,
  placeExits: 2,
  place: 3,
};

/**
 * Has each unit do what is next for it, whenever anything happened. Orders of a symbol are placed one after another,
 * in the order of their numbers; cancels and questions wait for nobody.
 */
export class Runner {
  readonly #options: RunnerOptions;
  /** Symbols to which an order is on its way. */
  readonly #placing = new Set<string>();
  #stopTimer: (() => void) | null = null;
  #running = false;
  #pumping = false;
  #again = false;
  #waiting: { readonly isDone: () => boolean; readonly resolve: () => void }[] = [];

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    this.pump();
  }

  stop(): void {
    this.#running = false;
    this.#stopTimer?.();
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  /** Settles when `isDone` is true after a turn, or all is stopped. */
  async until(isDone: () => boolean): Promise<void> {
    if (!this.#running || isDone()) return;
    await new Promise<void>((resolve) => this.#waiting.push({ isDone, resolve }));
  }

  pump(): void {
    this.#again = true;
    if (!this.#running || this.#pumping) return;
    this.#pumping = true;
    let due = Number.POSITIVE_INFINITY;
    while (this.#again) {
      this.#again = false;
      due = this.#turn();
    }
    this.#pumping = false;
    this.#options.orders.dropOver();
    this.#setTimer(due);
    const done = this.#waiting.filter(({ isDone }) => isDone());
    this.#waiting = this.#waiting.filter((one) => !done.includes(one));
    for (const { resolve } of done) resolve();
  }

  /** @returns when something is due next */
  #turn(): Millis {
    const { orders, quiet, end } = this.#options;
    const now = this.#options.now();
    const requests: { readonly unit: Unit; readonly step: Request }[] = [];
    let due = Number.POSITIVE_INFINITY;
    for (const unit of orders.units) {
      if (unit.busy) continue;
      const step = unit.next(now);
      if (step.kind === "end") {
        end(step.track, step.reason);
        this.#again = true;
      } else if (step.kind === "again") this.#again = true;
      else if (step.kind === "wait") due = Math.min(due, step.until);
      else if (step.kind !== "idle") requests.push({ unit, step });
    }
    // An end may change what is next for others.
    if (this.#again) return due;
    if (now < quiet.until) return requests.length === 0 ? due : Math.min(due, quiet.until);
    requests.sort((a, b) => ranks[a.step.kind] - ranks[b.step.kind]);
    for (const { unit, step } of requests) this.#send(unit, step);
    return due;
  }

  #send(unit: Unit, step: Request): void {
    const places = step.kind === "place" || step.kind === "placeExits";
    if (places && this.#placing.has(unit.symbol)) return;
    if (places) this.#placing.add(unit.symbol);
    unit.busy = true;
    void this.#options.perform(step).finally(() => {
      unit.busy = false;
      if (places) this.#placing.delete(unit.symbol);
      this.pump();
    });
  }

  #setTimer(due: Millis): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
    if (due === Number.POSITIVE_INFINITY || !this.#running) return;
    const ms = Math.max(1, due - this.#options.now());
    // Longer ones would overflow the clock of the system.
    this.#stopTimer = this.#options.timers.after(Math.min(ms, 2 ** 31 - 1), () => this.pump());
  }
}
