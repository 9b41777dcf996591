import type { Instrument } from "../domain/instrument.ts";
import { Holding, type HoldingState } from "./holding.ts";

/** The holdings of an account, made as they are asked for: each strategy has one of each instrument. */
export class Holdings {
  /** Of the first strategy, or the only one. */
  readonly first = new Map<Instrument, Holding>();
  /** In the order in which they were first asked for. */
  readonly all: Holding[] = [];
  readonly #others = new Map<number, Map<Instrument, Holding>>();
  #last: Holding | null = null;

  of(instrument: Instrument, owner: number): Holding {
    if (this.#last !== null && this.#last.instrument === instrument && this.#last.owner === owner)
      return this.#last;
    const holdings = owner === 0 ? this.first : this.#ofOther(owner);
    let holding = holdings.get(instrument);
    if (holding === undefined) {
      holding = new Holding(instrument, owner);
      holdings.set(instrument, holding);
      this.all.push(holding);
    }
    this.#last = holding;
    return holding;
  }

  save(): readonly HoldingState[] {
    return this.all.map((holding) => holding.save());
  }

  /** In their order: sums of doubles depend on it. */
  load(states: readonly HoldingState[]): void {
    for (const state of states) this.of(state.instrument, state.owner).load(state);
  }

  #ofOther(owner: number): Map<Instrument, Holding> {
    let holdings = this.#others.get(owner);
    if (holdings === undefined) {
      holdings = new Map();
      this.#others.set(owner, holdings);
    }
    return holdings;
  }
}
