import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backoffOf } from "../../src/connectivity/backoff.ts";
import { type ConnectOptions, connectWithRetry } from "../../src/connectivity/connectWithRetry.ts";
import { ConnectionError, ValidationError } from "../../src/domain/errors.ts";

beforeEach(async () => {
  // Loaded while time still runs.
  await import("cockatiel");
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Runs until it settles, however long its pauses are. */
async function settled<T>(work: Promise<T>): Promise<T> {
  let done = false;
  const ended = work.finally(() => {
    done = true;
  });
  ended.catch(() => undefined);
  for (let i = 0; i < 10_000 && !done; i++) await vi.advanceTimersByTimeAsync(100);
  return ended;
}

function failing(times: number, error: Error = new Error("down")) {
  return vi.fn(async (_: AbortSignal) => {
    if (times-- > 0) throw error;
    return "connected";
  });
}

describe("connecting with retries", () => {
  it("gives what the first try that works gives", async () => {
    const connect = failing(3);
    const waits: number[] = [];
    expect(await settled(connectWithRetry(connect, { onRetry: ({ ms }) => waits.push(ms) }))).toBe(
      "connected",
    );
    expect(connect).toHaveBeenCalledTimes(4);
    expect(waits).toHaveLength(3);
  });

  it("ends with the error of the last try", async () => {
    const connect = failing(9, new Error("still down"));
    await expect(settled(connectWithRetry(connect, { attempts: 3 }))).rejects.toThrow("still down");
    expect(connect).toHaveBeenCalledTimes(3);
  });

  it.each([
    ["wrong credentials", new ConnectionError("no", { code: "GEO-CREDENTIALS" }), 1],
    ["a venue that cannot", new ConnectionError("no", { code: "GEO-VENUE-UNSUPPORTED" }), 1],
    ["a bad value", new ValidationError("GEO-VALUE", "no"), 1],
    ["a lost connection", new ConnectionError("no"), 3],
    ["a limit", new ConnectionError("no", { code: "GEO-VENUE-LIMITED" }), 3],
    ["an error of somebody else's", new TypeError("no"), 3],
  ])("after %s, it tries %#", async (_, error, tries) => {
    const connect = failing(9, error);
    await expect(settled(connectWithRetry(connect, { attempts: 3 }))).rejects.toBe(error);
    expect(connect).toHaveBeenCalledTimes(tries);
  });

  it.each<[string, ConnectOptions, RegExp, number]>([
    ["each try", { attempts: 2, attemptDeadlineMs: 500 }, /within 500 ms, the time for one try/, 2],
    ["all of them", { attempts: 99, deadlineMs: 2000 }, /within 2000 ms, the time for all tries/, 1],
  ])("has a deadline for %s, and tells the try that it was given up", async (_, options, words, tries) => {
    const signals: AbortSignal[] = [];
    const connect = (signal: AbortSignal) => {
      signals.push(signal);
      return new Promise<never>(() => {});
    };
    await expect(settled(connectWithRetry(connect, options))).rejects.toThrow(words);
    expect(signals.map(({ aborted }) => aborted)).toEqual(Array(tries).fill(true));
  });

  it.each(["while it connects", "while it pauses"])("stops at once when asked to %s", async (when) => {
    const stop = new AbortController();
    const reason = new Error("enough");
    const connect = vi.fn(() =>
      when === "while it pauses" ? Promise.reject(new Error("down")) : new Promise(() => {}),
    );
    const work = connectWithRetry(connect as unknown as () => Promise<never>, {
      signal: stop.signal,
      initialMs: 60_000,
    });
    work.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(0);
    stop.abort(reason);
    await expect(work).rejects.toBe(reason);
    expect(connect).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("pauses longer and longer, never past the longest, and not in step with others", async () => {
    vi.useRealTimers();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 60 }),
        async (initialMs, times) => {
          const maxMs = initialMs * times;
          const backoff = await backoffOf({ initialMs, maxMs });
          const pauses = Array.from({ length: 12 }, () => backoff.next());
          expect(Math.max(...pauses)).toBeLessThanOrEqual(maxMs);
          expect(Math.min(...pauses)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
    const runs = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const backoff = await backoffOf({ initialMs: 100, maxMs: 60_000 });
        return Array.from({ length: 8 }, () => backoff.next());
      }),
    );
    expect(new Set(runs.map((pauses) => pauses[3])).size).toBeGreaterThan(10);
    const mean = (i: number): number => runs.reduce((sum, pauses) => sum + pauses[i]!, 0) / runs.length;
    expect(mean(6)).toBeGreaterThan(4 * mean(1));
  });
});
