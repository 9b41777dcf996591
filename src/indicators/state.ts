/** Plain JSON. The memory of an indicator, for a checkpoint; only `load` of one made with the same parameters reads it. */
export type IndicatorState =
  | null
  | boolean
  | number
  | string
  | readonly IndicatorState[]
  | { readonly [key: string]: IndicatorState };

/** What goes on after a restart as if there had been none: to the last bit. */
export interface Restorable {
  save(): IndicatorState;
  /**
   * Takes over what `save` of the same indicator with the same parameters gave.
   * @throws TypeError for any other state.
   */
  load(state: IndicatorState): void;
}

type Memory = { readonly [name: string]: number | ArrayLike<number> | IndicatorState };

/** `identity` names the indicator and each parameter its memory depends on. NaN, which JSON lacks, becomes null. */
export function savedState(identity: string, memory: Memory): IndicatorState {
  const entries = Object.entries(memory).map(([name, value]) => [name, plain(value)]);
  return { of: identity, ...Object.fromEntries(entries) };
}

function plain(value: Memory[string]): IndicatorState {
  if (typeof value === "number") return Number.isNaN(value) ? null : value;
  return ArrayBuffer.isView(value) ? Array.from(value as Float64Array, plain) : (value as IndicatorState);
}

/** Reads what `savedState` wrote, and refuses what does not fit. */
export class SavedState {
  private readonly identity: string;
  private readonly memory: { readonly [name: string]: IndicatorState };

  constructor(identity: string, state: IndicatorState) {
    this.identity = identity;
    const found = (state as { of?: unknown } | null)?.of;
    if (found !== identity) {
      const shown =
        typeof found === "string" ? `one of ${found}` : String(JSON.stringify(state)).slice(0, 60);
      throw new TypeError(`${identity}: expected a state saved with the same parameters, found ${shown}`);
    }
    this.memory = state as { readonly [name: string]: IndicatorState };
  }

  /** A finite one. */
  number(name: string): number {
    return this.asNumber(name, this.memory[name]);
  }

  numberOrNaN(name: string): number {
    return this.asNumberOrNaN(name, this.memory[name]);
  }

  /** A whole number from 0 to below `end`. */
  slot(name: string, end = Number.MAX_SAFE_INTEGER): number {
    const found = this.memory[name];
    if (Number.isInteger(found) && Number(found) >= 0 && Number(found) < end) return Number(found);
    throw this.unfit(name, `a whole number from 0 to ${end - 1}`);
  }

  /** Fills `target`, whose length the saved list must have, with finite numbers. */
  numbers(name: string, target: Float64Array): void {
    target.set(this.listOf(name, target.length).map((value) => this.asNumber(name, value)));
  }

  /** The same; those that are null become NaN. */
  numbersOrNaN(name: string, target: Float64Array): void {
    target.set(this.listOf(name, target.length).map((value) => this.asNumberOrNaN(name, value)));
  }

  /** As many finite numbers as were saved: whole groups of them, at most so many numbers. */
  list(name: string, most: number, group = 1): readonly number[] {
    const list = this.memory[name];
    if (!Array.isArray(list) || list.length > most || list.length % group !== 0) {
      const groups = group === 1 ? "" : `, in groups of ${group}`;
      throw this.unfit(name, `a list of at most ${most} numbers${groups}`);
    }
    return list.map((value: IndicatorState) => this.asNumber(name, value));
  }

  /** Whether there is a part of that name: some are needed for a while only. */
  has(name: string): boolean {
    return (this.memory[name] ?? null) !== null;
  }

  flag(name: string): boolean {
    const found = this.memory[name];
    if (typeof found === "boolean") return found;
    throw this.unfit(name, "true or false");
  }

  part(name: string, target: Restorable): void {
    target.load(this.memory[name] ?? null);
  }

  parts(name: string, targets: readonly Restorable[]): void {
    const list = this.memory[name];
    if (!Array.isArray(list) || list.length !== targets.length) {
      throw this.unfit(name, `a list of ${targets.length} states`);
    }
    for (const [i, target] of targets.entries()) target.load(list[i]);
  }

  /** The refusal of what is saved as `name`. */
  unfit(name: string, expected: string): TypeError {
    const found = String(JSON.stringify(this.memory[name])).slice(0, 60);
    return new TypeError(
      `${this.identity}: expected ${expected} as ${name} of the saved state, found ${found}`,
    );
  }

  private listOf(name: string, length: number): readonly IndicatorState[] {
    const list = this.memory[name];
    if (Array.isArray(list) && list.length === length) return list;
    throw this.unfit(name, `a list of ${length} numbers`);
  }

  private asNumber(name: string, value: IndicatorState | undefined): number {
    if (Number.isFinite(value)) return value as number;
    throw this.unfit(name, Array.isArray(this.memory[name]) ? "numbers alone" : "a number");
  }

  private asNumberOrNaN(name: string, value: IndicatorState | undefined): number {
    return value === null ? Number.NaN : this.asNumber(name, value);
  }
}
