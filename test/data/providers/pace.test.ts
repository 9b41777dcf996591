import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Pace } from "../../../src/data/providers/pace.ts";

afterEach(() => void vi.useRealTimers());
const open = new AbortController().signal;

/** When each of `count` requests that all want to begin at once may, ms. */
async function beginnings(limits: ConstructorParameters<typeof Pace>[1], count: number) {
  vi.useFakeTimers();
  const pace = new Pace("fake", limits);
  const start = performance.now();
  const times: number[] = [];
  const all = Promise.all(
    Array.from({ length: count }, async () => {
      await pace.turn(open);
      times.push(performance.now() - start);
    }),
  );
  await vi.runAllTimersAsync();
  await all;
  return times;
}

describe("the pace of requests", () => {
  it("is no more than the limit in any window", async () => {
    const limit = fc.integer({ min: 1, max: 6 });
    await fc.assert(
      fc.asyncProperty(limit, limit, fc.integer({ min: 1, max: 20 }), async (perSecond, perMinute, count) => {
        const times = await beginnings({ perSecond, perMinute }, count);
        expect(times).toHaveLength(count);
        for (const [most, window] of [
          [perSecond, 1000],
          [perMinute, 60_000],
        ] as const) {
          for (let i = most; i < count; i++)
            expect(times[i]! - times[i - most]!).toBeGreaterThanOrEqual(window);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("is not slower than that", async () => {
    expect(await beginnings({ perSecond: 2 }, 5)).toEqual([0, 0, 1000, 1000, 2000]);
  });

  it("ends with the day's requests", async () => {
    const pace = new Pace("fake", { perDay: 2 });
    await pace.turn(open);
    await pace.turn(open);
    await expect(pace.turn(open)).rejects.toMatchObject({ code: "GEO-VENUE-LIMITED" });
  });

  it("lets go of who waits when it is told to stop, and serves the next", async () => {
    const pace = new Pace("fake", { perMinute: 1 });
    await pace.turn(open);
    const stop = new AbortController();
    const waiting = pace.turn(stop.signal);
    stop.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
  });
});
