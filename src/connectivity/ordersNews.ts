import type { AccountUpdate } from "../domain/ports.ts";

/** Between a stream that pushes and its one reader. */
export class NewsQueue {
  #news: AccountUpdate[] = [];
  #hasNews = false;
  #failure: { readonly error: unknown } | null = null;
  #wake: (() => void) | null = null;

  /** Wakes the reader, also with nothing. */
  add(news: readonly AccountUpdate[]): void {
    this.#news.push(...news);
    this.#hasNews = true;
    this.#signal();
  }

  /** The reader learns of it after the news that came before. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#signal();
  }

  async take(): Promise<readonly AccountUpdate[]> {
    while (!this.#hasNews && this.#failure === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#hasNews) {
      const news = this.#news;
      this.#news = [];
      this.#hasNews = false;
      return news;
    }
    const { error } = this.#failure!;
    this.#failure = null;
    throw error;
  }

  #signal(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
