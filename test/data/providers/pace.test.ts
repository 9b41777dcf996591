import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { Pace } from "../../../src/data/providers/pace.ts";
import { requestLogIn } from "../../../src/data/providers/requestLog.ts";

const folder = mkdtempSync(join(tmpdir(), "geosync-pace-"));
afterAll(() => rmSync(folder, { recursive: true }));

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

  it("counts the requests of earlier runs, in each window, for a day", async () => {
    vi.useFakeTimers();
    const log = requestLogIn(folder, { name: "fake", url: "https://example.com", secret: "k" });
    const paced = () => new Pace("fake", { perMinute: 2, perDay: 3 }, log);
    await paced().turn(open);
    await vi.advanceTimersByTimeAsync(10_000);
    await paced().turn(open);
    const before = Date.now();
    const third = paced().turn(open);
    await vi.advanceTimersByTimeAsync(120_000);
    await third;
    expect(log.read().at(-1)! - before).toBe(50_000);
    await expect(paced().turn(open)).rejects.toMatchObject({ code: "GEO-VENUE-LIMITED" });
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    await paced().turn(open);
    expect(log.read()).toHaveLength(1);
  });

  it("does not count what the clock has not come to, nor lines that are none", async () => {
    const log = requestLogIn(folder, { name: "set/back", url: "https://example.com" });
    log.add(Date.now() + 3_600_000);
    log.add(Number.NaN);
    await new Pace("set/back", { perDay: 1 }, log).turn(open);
    expect(log.read()).toHaveLength(1);
  });

  it("is kept by each run for itself where nothing can be remembered", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const log = requestLogIn(join(file, "below"), { name: "fake", url: "https://example.com" });
    await new Pace("fake", { perDay: 1 }, log).turn(open);
    await new Pace("fake", { perDay: 1 }, log).turn(open);
    expect(log.read()).toEqual([]);
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
