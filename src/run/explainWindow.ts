import type { OrderNumber } from "../domain/execution.ts";
import type { Millis } from "../domain/time.ts";
import type { Moment } from "./explainMoment.ts";

/** More on one side of TIME than that is no explanation. */
const mostMoments = 20;

/**
 * Which moments explain a time: the instant at or next after it; before it, what happened from the last decision on;
 * after it, the next instant when requests were made, what became of them until all have ended, and in any case the
 * next news, for a fill is stamped with its bar's open and known at its close.
 */
export class MomentWindow {
  moments: readonly Moment[] = [];
  leftOut = 0;
  anchor: Moment | null = null;
  /** Requests of the anchor, their exits included, that have not ended. */
  readonly open = new Set<OrderNumber>();
  readonly #target: Millis;
  #after = 0;
  #hasNews = false;

  constructor(target: Millis) {
    this.#target = target;
  }

  /** Nothing that follows belongs to it. */
  get isDone(): boolean {
    if (this.anchor === null) return false;
    return this.#after >= mostMoments || (this.#hasNews && this.open.size === 0);
  }

  /** Is the instant at `time` to be kept whatever happens in it? */
  wants(time: Millis): boolean {
    return this.anchor === null ? time >= this.#target : this.#after === 0 && this.open.size > 0;
  }

  /** Moments come in order, each when it is over; those nobody wanted only when something happened. */
  add(moment: Moment): void {
    if (this.isDone) return;
    if (this.anchor === null) this.#addBefore(moment);
    else this.#addAfter(moment, this.wants(moment.time));
  }

  #addBefore(moment: Moment): void {
    if (moment.time >= this.#target) {
      this.anchor = moment;
      this.moments = [...this.moments, moment];
      this.#follow(moment);
    } else if (moment.happenings.some(({ kind }) => kind === "decided" || kind === "cancelling")) {
      this.moments = [moment];
      this.leftOut = 0;
    } else if (this.moments.length < mostMoments) this.moments = [...this.moments, moment];
    else {
      // The decision stays, and what is nearest to TIME.
      this.moments = [this.moments[0]!, ...this.moments.slice(2), moment];
      this.leftOut++;
    }
  }

  #addAfter(moment: Moment, wanted: boolean): void {
    const isNews = moment.happenings.some(({ kind }) => kind !== "logged" && kind !== "waited");
    const concerns = this.#settle(moment);
    if (!wanted && !concerns && (this.#hasNews || !isNews)) return;
    this.moments = [...this.moments, moment];
    this.#after++;
    this.#hasNews ||= isNews;
  }

  #follow(moment: Moment): void {
    for (const happening of moment.happenings) {
      if (happening.kind === "cancelling") this.open.add(happening.order.command.number);
      if (happening.kind !== "decided") continue;
      const { number, exits } = happening.order.command;
      for (const each of [number, ...exits.map((exit) => exit.number)]) this.open.add(each);
    }
    this.#settle(moment);
  }

  /** Takes out what ended; true when the moment has news of any of them. */
  #settle({ happenings }: Moment): boolean {
    let concerns = false;
    for (const happening of happenings) {
      if (happening.kind === "logged" || happening.kind === "waited") continue;
      const { number } = happening.order.command;
      concerns ||= this.open.has(number);
      const isOver =
        happening.kind === "ended" || (happening.kind === "filled" && happening.fill.remaining === 0n);
      if (isOver) this.open.delete(number);
    }
    return concerns;
  }
}
