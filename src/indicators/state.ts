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

  number(name: string): number {
    return this.asNumber(name, this.memory[name]);
  }

  /** Fills `target`, whose length the saved list must have. */
  numbers(name: string, target: Float64Array): void {
    const list = this.memory[name];
    if (!Array.isArray(list) || list.length !== target.length) {
      throw this.unfit(name, `a list of ${target.length} numbers`);
    }
    target.set(list.map((value: IndicatorState) => this.asNumber(name, value)));
  }

  /** As many numbers as were saved, at most so many. */
  list(name: string, most: number): readonly number[] {
    const list = this.memory[name];
    if (!Array.isArray(list) || list.length > most)
      throw this.unfit(name, `a list of at most ${most} numbers`);
    return list.map((value: IndicatorState) => this.asNumber(name, value));
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

  private asNumber(name: string, value: IndicatorState | undefined): number {
    if (value === null) return Number.NaN;
    if (typeof value === "number") return value;
    throw this.unfit(name, "a number or null");
  }

  private unfit(name: string, expected: string): TypeError {
    const found = String(JSON.stringify(this.memory[name])).slice(0, 60);
    return new TypeError(
      `${this.identity}: expected ${expected} as ${name} of the saved state, found ${found}`,
    );
  }
}
