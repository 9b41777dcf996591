import { describe, expect, it } from "vitest";
import { Timers, type TimersState } from "../../src/engine/timers.ts";

function timersOf(heard: string[]): Timers {
  const timers = new Timers();
  timers.know("a", (what: string) => void heard.push(`a ${what}`));
  timers.know("b", (what: number) => void heard.push(`b ${what}`));
  return timers;
}

const fire = (timers: Timers, time: number) => {
  for (const { action } of timers.take(time)) action();
};

describe("timers that are written down", () => {
  it("fire after a restart in their order, in place of what was set since", () => {
    const before = timersOf([]);
    before.set("a", 20, "late");
    before.set("b", 10, 1);
    before.set("a", 10, "second of that time");
    const last = before.set("a", 5, "gone by then");
    fire(before, 5);
    const heard: string[] = [];
    const after = timersOf(heard);
    after.set("a", 1, "set while it was made anew");
    after.load(JSON.parse(JSON.stringify(before.save())) as TimersState);
    expect(after.next).toBe(10);
    fire(after, 20);
    expect(heard).toEqual(["b 1", "a second of that time", "a late"]);
    // No handle is ever given twice: one that a strategy kept must not cancel another's timer.
    expect(after.set("a", 30, "next")).toBe(last + 1);
  });

  it("can't be while a function waits among them", () => {
    const timers = timersOf([]);
    timers.add(10, () => {});
    expect(timers.save()).toBeNull();
    fire(timers, 10);
    expect(timers.save()).toEqual({ handles: 1, queue: [] });
  });
});
