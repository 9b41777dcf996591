import { close, closeSync, fdatasync, fdatasyncSync, openSync } from "node:fs";

/**
 * Brings what was written to a file onto its disk: at once, or beside other work. After a failure nothing can be said
 * of the file any more (a second try would succeed without having written), so that it fails for ever.
 */
export class Flusher {
  readonly #path: string;
  readonly #failed: (cause: unknown) => unknown;
  #file: number | null = null;
  /** Something was written since a flush was last begun. */
  #marked = false;
  #running: Promise<void> | null = null;
  /** The flush after the one under way, which may have begun before the last that was written. */
  #next: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;

  /** @param failed the error to throw for a failure of the disk */
  constructor(path: string, failed: (cause: unknown) => unknown) {
    this.#path = path;
    this.#failed = failed;
  }

  /** Something was written. */
  mark(): void {
    this.#marked = true;
  }

  /** All that was written is on the disk when it returns. */
  flush(): void {
    this.#throwFailure();
    if (!this.#marked && this.done === null) return;
    try {
      fdatasyncSync(this.#descriptor());
      this.#marked = false;
    } catch (cause) {
      throw this.#fail(cause);
    }
  }

  /** Begins it; `done` tells when. */
  begin(): void {
    this.#throwFailure();
    if (!this.#marked) return;
    if (this.#running === null) this.#start();
    else this.#next ??= quiet(this.#running.then(() => this.#start()));
  }

  /** Settles when all is on the disk for which a flush was begun; null: it is. */
  get done(): Promise<void> | null {
    return this.#next ?? this.#running;
  }

  close(): void {
    const file = this.#file;
    this.#file = null;
    if (file === null) return;
    if (this.done === null) closeSync(file);
    else this.done.finally(() => close(file)).catch(() => {});
  }

  #start(): Promise<void> {
    this.#marked = false;
    this.#next = null;
    const running = new Promise<void>((resolve, reject) => {
      fdatasync(this.#descriptor(), (cause) => (cause === null ? resolve() : reject(cause)));
    }).catch((cause: unknown) => {
      throw this.#fail(cause);
    });
    this.#running = quiet(running);
    // One that has failed stays.
    quiet(
      running.then(() => {
        if (this.#running === running && this.#next === null) this.#running = null;
      }),
    );
    return running;
  }

  /** Opened late: the log is made with the first that is written to it. To write, or Windows would not flush it. */
  #descriptor(): number {
    this.#file ??= openSync(this.#path, "r+");
    return this.#file;
  }

  #fail(cause: unknown): unknown {
    this.#failure ??= { error: this.#failed(cause) };
    return this.#failure.error;
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}

/** Whoever waits for it hears of its failure; nobody has to wait. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
