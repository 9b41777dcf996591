import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Flusher } from "../../src/store/flusher.ts";

type Done = (failure: Error | null) => void;

const disk = vi.hoisted(() => ({ asked: [] as Done[], flushed: 0, broken: false }));
vi.mock("node:fs", async (original) => ({
  ...(await original<typeof import("node:fs")>()),
  fdatasync: (_file: number, done: Done) => void disk.asked.push(done),
  fdatasyncSync: () => {
    if (disk.broken) throw new Error("EIO");
    disk.flushed++;
  },
}));

beforeEach(() => void Object.assign(disk, { asked: [], flushed: 0, broken: false }));

function flusher(): Flusher {
  const folder = mkdtempSync(join(tmpdir(), "geosync-flush-"));
  const path = join(folder, "log");
  writeFileSync(path, "");
  const made = new Flusher(path, (cause) => new Error(`the disk says ${(cause as Error).message}`));
  onTestFinished(() => {
    made.close();
    rmSync(folder, { recursive: true });
  });
  return made;
}

describe("a flusher", () => {
  it("asks nothing of the disk while nothing was written", () => {
    const log = flusher();
    log.flush();
    log.begin();
    expect([disk.flushed, disk.asked.length, log.done]).toEqual([0, 0, null]);
  });

  it("is done when the flush is that was begun last, though one was under way", async () => {
    const log = flusher();
    log.mark();
    log.begin();
    const first = log.done!;
    log.mark();
    log.begin();
    log.mark();
    log.begin();
    const second = log.done!;
    const settled: string[] = [];
    void first.then(() => settled.push("first"));
    void second.then(() => settled.push("second"));
    disk.asked.shift()!(null);
    await first;
    // One for both that came meanwhile.
    await vi.waitUntil(() => disk.asked.length === 1);
    expect([settled, log.done === null]).toEqual([["first"], false]);
    disk.asked.shift()!(null);
    await second;
    expect(settled).toEqual(["first", "second"]);
    await vi.waitUntil(() => log.done === null);
    expect(disk.asked).toEqual([]);
  });

  it("flushes at once also what a flush under way may have missed", () => {
    const log = flusher();
    log.mark();
    log.begin();
    log.flush();
    log.mark();
    log.flush();
    expect(disk.flushed).toBe(2);
  });

  it.each<[string, (log: Flusher) => Promise<unknown>]>([
    [
      "beside other work",
      async (log) => {
        log.begin();
        const { done } = log;
        log.mark();
        log.begin();
        disk.asked.shift()!(new Error("EIO"));
        await expect(done).rejects.toThrow("the disk says EIO");
      },
    ],
    [
      "at once",
      async (log) => {
        disk.broken = true;
        expect(() => log.flush()).toThrow("the disk says EIO");
        disk.broken = false;
      },
    ],
  ])("fails for ever once the disk has failed %s", async (_, fail) => {
    const log = flusher();
    log.mark();
    await fail(log);
    expect(() => log.flush()).toThrow("the disk says EIO");
    expect(() => log.begin()).toThrow("the disk says EIO");
    expect([disk.asked, disk.flushed]).toEqual([[], 0]);
  });
});
