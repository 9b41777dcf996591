/**
 * What arrives by callback, read by one consumer in its own time. Holds at most `limit` items: when a consumer falls so
 * far behind, `onFull` makes the error that it reads next, so that nothing is lost in silence and memory is bounded.
 */
export class PushQueue<T> implements AsyncIterable<T> {
  readonly #limit: number;
  readonly #onFull: () => Error;
  #items: T[] = [];
  #read = 0;
  #end: { readonly error: unknown } | "done" | null = null;
  #wake: (() => void) | null = null;

  constructor(limit: number, onFull: () => Error) {
    this.#limit = limit;
    this.#onFull = onFull;
  }

  push(item: T): void {
    if (this.#end !== null) return;
    if (this.#items.length - this.#read >= this.#limit) this.fail(this.#onFull());
    else {
      this.#items.push(item);
      this.#notify();
    }
  }

  /** What has arrived is still read; then the consumer gets `error`. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#notify();
  }

  end(): void {
    this.#end ??= "done";
    this.#notify();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      while (this.#read < this.#items.length) yield this.#items[this.#read++]!;
      this.#items = [];
      this.#read = 0;
      if (this.#end === "done") return;
      if (this.#end !== null) throw this.#end.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
