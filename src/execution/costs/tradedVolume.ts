import { addFixed, type Fixed, negateFixed, zero } from "../../domain/fixed.ts";

/** Days that fee tiers look back. */
const window = 30;

export interface Day {
  readonly day: number;
  value: Fixed;
}

/** Traded value by UTC day, exact; days are numbers since the epoch and never go back. */
export class TradedVolume {
  #days: Day[] = [];
  /** Of all of `#days`. */
  #total = zero;

  save(): readonly Day[] {
    return this.#days;
  }

  load(days: readonly Day[]): void {
    this.#days = [...days];
    this.#total = days.reduce((sum, { value }) => addFixed(sum, value), zero);
  }

  add(value: Fixed, day: number): void {
    const last = this.#days.at(-1);
    if (last?.day === day) last.value = addFixed(last.value, value);
    else this.#days.push({ day, value });
    this.#total = addFixed(this.#total, value);
  }

  /** The sum of the 30 days before `day`, which itself is left out. */
  before(day: number): Fixed {
    while (this.#days.length > 0 && this.#days[0]!.day < day - window) {
      this.#total = addFixed(this.#total, negateFixed(this.#days.shift()!.value));
    }
    const last = this.#days.at(-1);
    return last?.day === day ? addFixed(this.#total, negateFixed(last.value)) : this.#total;
  }
}
