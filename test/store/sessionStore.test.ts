import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SessionReader } from "../../src/store/sessionReader.ts";
import { header } from "./payload.ts";
import { bytes, fill, openStore, stateFolder, textOf } from "./support.ts";

describe("a journal", () => {
  it("numbers its entries from 1 and gives back what was committed, in order", async () => {
    const store = await openStore(stateFolder());
    expect([
      store.append(1, 10, bytes("a")),
      store.append(2, 10, bytes("")),
      store.append(3, 20.5, bytes("c")),
    ]).toEqual([1, 2, 3]);
    store.commit();
    expect(
      [...store.entries()].flat().map(({ payload, ...rest }) => ({ ...rest, payload: textOf(payload) })),
    ).toEqual([
      { seq: 1, kind: 1, time: 10, payload: "a" },
      { seq: 2, kind: 2, time: 10, payload: "" },
      { seq: 3, kind: 3, time: 20.5, payload: "c" },
    ]);
  });

  it("shows what is committed, and nothing else, to readers and after a restart", async () => {
    const stateDir = stateFolder();
    const store = await openStore(stateDir);
    fill(store, 3);
    store.append(1, 4, bytes("never committed"));
    expect(store.committedSeq).toBe(3);
    expect([...store.entries()].flat()).toHaveLength(3);
    const reader = await SessionReader.open(stateDir, "s1");
    expect([...reader.entries()].flat()).toHaveLength(3);
    reader.close();
    store.close();
    const again = await openStore(stateDir);
    expect(again.committedSeq).toBe(3);
    expect(again.append(1, 5, bytes("next"))).toBe(4);
  });

  it("takes the bytes as they are at the time of append", async () => {
    const store = await openStore(stateFolder());
    const reused = bytes("one");
    store.append(0, 0, reused);
    reused.fill(0);
    store.commit();
    expect(textOf([...store.entries()].flat()[0]!.payload)).toBe("one");
  });

  it("goes on being read while it grows", async () => {
    const stateDir = stateFolder();
    const store = await openStore(stateDir);
    fill(store, 100);
    const seen: number[] = [];
    for (const chunk of store.entries()) {
      seen.push(...chunk.map(({ seq }) => seq));
      if (seen.length < 300) fill(store, 7);
    }
    expect(seen).toEqual(Array.from({ length: store.committedSeq }, (_, i) => i + 1));
    expect(seen.length).toBeGreaterThanOrEqual(300);
  });

  it("begins anywhere", async () => {
    const store = await openStore(stateFolder());
    fill(store, 600, "payload", 3);
    for (const from of [1, 2, 299, 599, 600, 601, 5000]) {
      const seqs = [...store.entries(from)].flat().map(({ seq }) => seq);
      expect(seqs).toEqual(Array.from({ length: Math.max(0, 601 - from) }, (_, i) => from + i));
    }
  });

  it.each([
    ["a kind below 0", -1, 0],
    ["a kind above 127", 128, 0],
    ["a kind between numbers", 1.5, 0],
    ["no time", 1, Number.NaN],
    ["an endless time", 1, Number.POSITIVE_INFINITY],
  ])("refuses %s", async (_, kind, time) => {
    const store = await openStore(stateFolder());
    expect(() => store.append(kind, time, bytes(""))).toThrow(RangeError);
    expect(store.append(1, 0, bytes(""))).toBe(1);
  });

  const times = fc.oneof(
    fc.integer({ min: 0, max: 2 ** 41 }),
    fc.maxSafeInteger(),
    fc.double({ noDefaultInfinity: true, noNaN: true }).map((time) => (time === 0 ? 0 : time)),
  );
  const payloads = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.integer({ min: 100, max: 20_000 }).map((n) => new Uint8Array(n).fill(n)),
  );
  const entry = fc.record({ kind: fc.integer({ min: 0, max: 127 }), time: times, payload: payloads });
  const batches = fc.array(fc.array(entry, { maxLength: 12 }), { maxLength: 25 });

  it("gives back any bytes in any batches, over any restarts", async () => {
    const stateDir = stateFolder();
    let session = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(batches, { maxLength: 3 }), async (runs) => {
        const name = `p${session++}`;
        for (const batchesOfRun of runs) {
          const store = await openStore(stateDir, { name });
          for (const batch of batchesOfRun) {
            for (const { kind, time, payload } of batch) store.append(kind, time, payload);
            store.commit();
          }
          store.close("done");
        }
        const store = await openStore(stateDir, { name });
        const found = [...store.entries()].flat();
        store.close();
        const written = runs.flat(2);
        expect(found.map(({ seq }) => seq)).toEqual(written.map((_, i) => i + 1));
        expect(
          found.map(({ kind, time, payload }) => ({ kind, time, payload: Uint8Array.from(payload) })),
        ).toEqual(written);
      }),
      { numRuns: 12 },
    );
  });
});

describe("a session", () => {
  it("keeps the header it was made with", async () => {
    const stateDir = stateFolder();
    const first = await openStore(stateDir, { now: () => 5000 });
    expect(first.header).toEqual({ ...header, created: 5000, version: "1.2.3" });
    first.close("done");
    const again = await openStore(stateDir, {
      version: "2.0.0",
      create: { ...header, seed: 8 },
      now: () => 6000,
    });
    expect(again.header).toEqual(first.header);
  });

  it("remembers its starts and how they ended", async () => {
    const stateDir = stateFolder();
    const first = await openStore(stateDir, { now: () => 5000 });
    expect([first.run, first.previousRun]).toEqual([1, undefined]);
    fill(first, 2);
    first.close("SIGINT");
    const second = await openStore(stateDir, { version: "2.0.0", now: () => 7000 });
    expect(second.run).toBe(2);
    expect(second.previousRun).toMatchObject({
      ...{ number: 1, started: 5000, version: "1.2.3", pid: process.pid, entries: 0 },
      end: { time: 5000, reason: "SIGINT", entries: 2 },
    });
    second.close();
    const third = await openStore(stateDir);
    expect(third.previousRun).toMatchObject({ number: 2, version: "2.0.0", entries: 2, end: null });
  });

  it("commits what was appended at an orderly end, and drops it without one", async () => {
    const stateDir = stateFolder();
    const first = await openStore(stateDir);
    first.append(1, 1, bytes("kept"));
    first.close("done");
    const second = await openStore(stateDir);
    second.append(1, 2, bytes("dropped"));
    second.close();
    expect((await openStore(stateDir)).committedSeq).toBe(1);
  });

  it("leaves one file that is all there is to copy, after an orderly end", async () => {
    const stateDir = stateFolder();
    const store = await openStore(stateDir);
    fill(store, 50);
    store.close("done");
    const copy = join(stateDir, "copy");
    mkdirSync(copy);
    copyFileSync(store.folder.journal, join(copy, "journal.db"));
    const reader = await SessionReader.open(stateDir, "copy");
    expect([...reader.entries()].flat()).toHaveLength(50);
    expect(reader.head().seq).toBe(50);
    reader.close();
  });

  it("gives back its latest checkpoint, and keeps few", async () => {
    const stateDir = stateFolder();
    const store = await openStore(stateDir);
    expect(store.latestCheckpoint()).toBeUndefined();
    fill(store, 10);
    for (let seq = 1; seq <= 10; seq++) store.checkpoint(seq, seq * 1.5, new Uint8Array(5000).fill(seq));
    store.close();
    const found = (await openStore(stateDir)).latestCheckpoint();
    expect(found).toMatchObject({ seq: 10, time: 15 });
    expect(Uint8Array.from(found!.state)).toEqual(new Uint8Array(5000).fill(10));
  });

  it.each([0, -1, 1.5, 4])("refuses a checkpoint at %s of 3 entries", async (seq) => {
    const store = await openStore(stateFolder());
    fill(store, 3);
    store.append(1, 1, bytes("not committed"));
    expect(() => store.checkpoint(seq, 0, bytes("state"))).toThrow(RangeError);
  });

  it("keeps small facts", async () => {
    const stateDir = stateFolder();
    const store = await openStore(stateDir);
    expect(store.getState("halt")).toBeUndefined();
    store.putState("halt", { on: true, because: "daily loss" });
    store.putState("report", null);
    store.putState("halt", { on: false });
    store.close();
    const again = await openStore(stateDir);
    expect([again.getState("halt"), again.getState("report")]).toEqual([{ on: false }, null]);
  });
});
