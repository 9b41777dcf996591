/** Time as live streams wait in it: tests bring their own. */
export interface Timers {
  /** Milliseconds that only ever rise, from anywhere. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** At least 0, less than 1: for jitter. */
  random(): number;
}

export const systemTimers: Timers = {
  now: () => performance.now(),
  sleep(ms, signal) {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const finish = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", finish);
        resolve();
      };
      const timer = setTimeout(finish, ms);
      signal.addEventListener("abort", finish);
    });
  },
  random: Math.random,
};

const shortestMs = 250;
const longestMs = 30_000;

/** Exponential from 250 ms to 30 s, somewhere in the upper half of it, so that clients don't come back all at once. */
export function backoffMs(attempt: number, { random }: Timers): number {
  const full = Math.min(longestMs, shortestMs * 2 ** Math.min(attempt, 10));
  return full / 2 + (full / 2) * random();
}
