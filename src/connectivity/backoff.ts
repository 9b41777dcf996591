/** How pauses between tries grow: exponentially, with decorrelated jitter so that clients do not come in waves. */
export interface BackoffOptions {
  /** @default 250 */
  readonly initialMs?: number;
  /** @default 15000 */
  readonly maxMs?: number;
}

export interface Backoff {
  /** Milliseconds to wait before the next try; longer each time. */
  next(): number;
}

export async function backoffOf({ initialMs = 250, maxMs = 15_000 }: BackoffOptions = {}): Promise<Backoff> {
  const { ExponentialBackoff } = await import("cockatiel");
  const factory = new ExponentialBackoff({ initialDelay: initialMs, maxDelay: maxMs });
  let current: ReturnType<typeof factory.next> | undefined;
  return {
    next() {
      current = current === undefined ? factory.next() : current.next(undefined);
      return current.duration;
    },
  };
}

/** @throws what the signal was aborted for */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
