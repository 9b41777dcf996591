import { expect, it } from "vitest";
import { scheduleOf, sweepOf } from "../../src/run/chaos/schedule.ts";
import { faultPlanSchema } from "../../src/venue/faults/schema.ts";

const seeds = Array.from({ length: 300 }, (_, i) => i + 1);

it("plans the same for the same seed, and something else for another", () => {
  expect(scheduleOf(7, 4)).toEqual(scheduleOf(7, 4));
  expect(scheduleOf(7, 4)).not.toEqual(scheduleOf(8, 4));
});

it("plans only what the local exchange knows", () => {
  for (const { faults } of seeds.flatMap((seed) => scheduleOf(seed, 2).starts)) faultPlanSchema.parse(faults);
});

it("ends every schedule in order, and kills at every kind of point on the way", () => {
  const schedules = seeds.map((seed) => scheduleOf(seed, 3));
  expect(new Set(schedules.map(({ starts }) => starts.at(-1)!.end.kind))).toEqual(new Set(["stop"]));
  const ends = schedules.flatMap(({ starts }) => starts.map(({ end }) => end));
  const points = ends.flatMap((end) => (end.kind === "kill-at" ? [end.point] : []));
  expect(new Set(points).size).toBe(4);
  expect(new Set(ends.map(({ kind }) => kind)).size).toBe(3);
});

it("sweeps a point from its first time to the last, each by a start of its own, and looks at what was kept", () => {
  const { starts } = sweepOf("after-send", 3);
  expect(starts.map(({ end }) => end)).toEqual([
    ...[1, 2, 3].map((count) => ({ kind: "kill-at", point: "after-send", count, afterMs: 15_000 })),
    { kind: "stop", afterMs: 1000, onExit: "keep" },
  ]);
});
