/** The last so many of a row of things, oldest first. */
export class Recent<T> {
  readonly #limit: number;
  #items: T[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(item: T): void {
    this.#items.push(item);
    // In one go, now and then: dropping the first at each push would move all the others.
    if (this.#items.length >= this.#limit * 2) this.#items = this.#items.slice(-this.#limit);
  }

  all(): readonly T[] {
    return this.#items.length > this.#limit ? this.#items.slice(-this.#limit) : this.#items;
  }

  /** Those behind the last that is known: what is new since, oldest first. */
  after(isKnown: (item: T) => boolean): readonly T[] {
    const last = this.#items.length - 1;
    if (last < 0 || isKnown(this.#items[last]!)) return none;
    return this.#items.slice(this.#items.findLastIndex(isKnown) + 1);
  }

  find(isIt: (item: T) => boolean): T | null {
    return this.#items.findLast(isIt) ?? null;
  }
}

const none: readonly never[] = [];
