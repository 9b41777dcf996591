import { ConnectionError, GeoSyncError } from "../domain/errors.ts";
import { type BackoffOptions, backoffOf, pause } from "./backoff.ts";

export interface ConnectOptions extends BackoffOptions {
  /** The first included. @default 8 */
  readonly attempts?: number;
  /** Of each try, in ms. @default 15000 */
  readonly attemptDeadlineMs?: number;
  /** Of all tries and pauses together, in ms. @default none */
  readonly deadlineMs?: number;
  /** Aborted: no further try, and what it was aborted for is thrown. */
  readonly signal?: AbortSignal;
  /** After each try that failed and before the pause of `ms`. */
  readonly onRetry?: (event: {
    readonly attempt: number;
    readonly ms: number;
    readonly error: unknown;
  }) => void;
  /** @default all but those of ours that time does not heal: credentials, what a venue cannot do, bad values */
  readonly shouldRetry?: (error: unknown) => boolean;
}

/**
 * Connects, trying again after pauses that grow exponentially, with jitter. `connect` gets a signal that is aborted
 * when its try is given up; what it then still opens it must close itself.
 * @throws what the last try threw; ConnectionError GEO-CONNECTION when a deadline passed; what the signal was aborted for
 */
export async function connectWithRetry<T>(
  connect: (signal: AbortSignal) => Promise<T>,
  options: ConnectOptions = {},
): Promise<T> {
  const { attempts = 8, deadlineMs, onRetry, shouldRetry = mayPass } = options;
  const over = deadlineMs === undefined ? [] : [deadline(deadlineMs, "all tries")];
  const signal = AbortSignal.any([
    ...(options.signal ? [options.signal] : []),
    ...over.map((one) => one.signal),
  ]);
  try {
    const backoff = await backoffOf(options);
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      try {
        return await oneTry(connect, signal, options.attemptDeadlineMs ?? 15_000);
      } catch (error) {
        signal.throwIfAborted();
        if (attempt >= attempts || !shouldRetry(error)) throw error;
        const ms = backoff.next();
        onRetry?.({ attempt, ms, error });
        await pause(ms, signal);
      }
    }
  } finally {
    for (const one of over) one.clear();
  }
}

async function oneTry<T>(
  connect: (signal: AbortSignal) => Promise<T>,
  outer: AbortSignal,
  ms: number,
): Promise<T> {
  const own = deadline(ms, "one try");
  const signal = AbortSignal.any([outer, own.signal]);
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  try {
    return await Promise.race([connect(signal), aborted]);
  } finally {
    own.clear();
  }
}

function deadline(ms: number, of: string): { readonly signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(
      new ConnectionError(`No connection within ${ms} ms, the time for ${of}.`, {
        hint: "Is the address right, and the other side running? geosync doctor tells.",
      }),
    );
  }, ms);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

function mayPass(error: unknown): boolean {
  if (!(error instanceof GeoSyncError)) return true;
  return ["GEO-CONNECTION", "GEO-VENUE-ANSWER", "GEO-VENUE-LIMITED"].includes(error.code);
}
