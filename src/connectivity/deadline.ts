export interface DeadlineOptions {
  readonly deadlineMs: number;
  /** Aborted when the deadline passed or the session closes: nobody waits for the answer any more. */
  readonly abandoned: AbortController;
  /** Of the whole session. */
  readonly closing: AbortSignal;
  /** What to throw when the deadline passed. */
  late(): Error;
  /** What to throw when the session closed meanwhile. */
  closed(): Error;
}

/**
 * What `run` gives, or an error once its time is up: ccxt's own time-out ends where the head of the answer begins, and
 * a body can take for ever. What is abandoned is also hung up.
 */
export async function withDeadline<T>(run: () => Promise<T>, options: DeadlineOptions): Promise<T> {
  const { deadlineMs, abandoned, closing, late, closed } = options;
  let giveUp: (reason: unknown) => void = () => {};
  const over = new Promise<never>((_, reject) => {
    giveUp = (reason) => {
      reject(reason);
      abandoned.abort();
    };
  });
  const timer = setTimeout(() => giveUp(late()), deadlineMs);
  const onClose = (): void => giveUp(closed());
  closing.addEventListener("abort", onClose, { once: true });
  try {
    return await Promise.race([run(), over]);
  } finally {
    clearTimeout(timer);
    closing.removeEventListener("abort", onClose);
  }
}
