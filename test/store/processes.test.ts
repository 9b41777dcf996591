/** Sessions and the processes that have them: real ones, killed at any instant. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JournalEntry } from "../../src/store/frames.ts";
import { sessionFolder } from "../../src/store/sessionFolder.ts";
import { SessionLock } from "../../src/store/sessionLock.ts";
import { SessionReader } from "../../src/store/sessionReader.ts";
import { payloadOf } from "./payload.ts";
import { bundleChild, startChild, type Told } from "./processes.ts";
import { openStore, stateFolder } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "geosync-child-"));
let child = "";
beforeAll(async () => {
  child = await bundleChild(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const start = (what: string, stateDir: string, name = "s1") =>
  startChild([process.execPath, child, what, stateDir, name]);

describe("a session that a process has", () => {
  it("is refused to a second process, which is told the pid and since when", async () => {
    const stateDir = stateFolder();
    const first = start("hold", stateDir);
    const { opened } = await first.until(({ opened }) => opened !== undefined);
    const [refusal] = await start("hold", stateDir).ended();
    expect(refusal!.code).toBe("GEO-SESSION-BUSY");
    expect(refusal!.message).toMatch(
      new RegExp(
        `^session "s1": expected to be its only process, found process ${opened} on \\S+, which has it since 20`,
      ),
    );
    expect(await SessionLock.isHeld(sessionFolder(stateDir, "s1"))).toBe(true);
  });

  it("is refused to the same process, too, until it is closed", async () => {
    const stateDir = stateFolder();
    const store = await openStore(stateDir);
    await expect(openStore(stateDir)).rejects.toMatchObject({ code: "GEO-SESSION-BUSY" });
    store.append(1, 1, payloadOf(1));
    store.close("done");
    expect((await openStore(stateDir)).committedSeq).toBe(1);
  });

  it("is free at once when that is killed, and another session always was", async () => {
    const stateDir = stateFolder();
    const first = start("hold", stateDir);
    await first.until(({ opened }) => opened !== undefined);
    await openStore(stateDir, { name: "other" });
    await first.kill();
    expect(await SessionLock.isHeld(sessionFolder(stateDir, "s1"))).toBe(false);
    expect((await openStore(stateDir)).previousRun).toMatchObject({ number: 1, end: null });
  });

  it("can be started while another looks whether it runs", async () => {
    const stateDir = stateFolder();
    (await openStore(stateDir)).close();
    await start("look", stateDir).until(({ looking }) => looking !== undefined);
    expect((await openStore(stateDir)).run).toBe(2);
  });

  it("is had by one of many that start at once", async () => {
    const stateDir = stateFolder();
    const many = Array.from({ length: 4 }, () => start("hold", stateDir));
    const first = await Promise.all(many.map((one) => one.until(() => true)));
    expect(first.filter(({ opened }) => opened !== undefined)).toHaveLength(1);
    expect(first.filter(({ code }) => code === "GEO-SESSION-BUSY")).toHaveLength(3);
  });
});

describe("a process killed at any instant", () => {
  it("leaves a whole journal with all that it had committed, time after time", async () => {
    const stateDir = stateFolder();
    let before = 0;
    for (let round = 0; round < 12; round++) {
      const writer = start("write", stateDir);
      // Just after it has told this many lines it is somewhere in a later write, wherever that is.
      let lines = 1 + ((round * 37) % 90);
      await writer.until(() => --lines === 0);
      const told = await writer.kill();
      const reader = await SessionReader.open(stateDir, "s1");
      const { seq } = reader.head();
      expect(seq).toBeGreaterThanOrEqual(Math.max(before, last(told, "committed")));
      const entries = [...reader.entries()].flat();
      expect(entries).toHaveLength(seq);
      expect(entries.filter((entry) => !isAsWritten(entry))).toEqual([]);
      const checkpoint = reader.latestCheckpoint();
      expect(checkpoint?.seq ?? 0).toBeGreaterThanOrEqual(last(told, "checkpoint"));
      if (checkpoint !== undefined)
        expect(Uint8Array.from(checkpoint.state)).toEqual(payloadOf(checkpoint.seq));
      expect(Number(reader.getState("commits") ?? 0)).toBeGreaterThanOrEqual(last(told, "state"));
      expect(reader.runs().map(({ end }) => end)).toEqual(Array(round + 1).fill(null));
      reader.close();
      before = seq;
    }
    expect(before).toBeGreaterThan(500);
  });
});

describe.skipIf(process.platform === "win32")("a disk that takes no more", () => {
  it("fails the commit, and keeps what was committed", async () => {
    const stateDir = stateFolder();
    // Files may have 200 KiB, and the child is one that fails with an error where it would be killed.
    const limited = `ulimit -f 200; exec "$@"`;
    const writer = startChild([
      "bash",
      "-c",
      limited,
      "bash",
      process.execPath,
      child,
      "write",
      stateDir,
      "s1",
    ]);
    const told = await writer.ended();
    expect(told.at(-1)).toMatchObject({ code: "GEO-OUTPUT" });
    expect(told.at(-1)!.message).toContain("expected room on the disk");
    const store = await openStore(stateDir);
    expect(store.committedSeq).toBe(last(told, "committed"));
    expect(last(told, "committed")).toBeGreaterThan(50);
    expect([...store.entries()].flat()).toHaveLength(store.committedSeq);
  });
});

function isAsWritten({ seq, kind, time, payload }: JournalEntry): boolean {
  return kind === 1 && time === seq * 10 && Buffer.compare(payload, payloadOf(seq)) === 0;
}

function last(told: readonly Told[], what: "committed" | "checkpoint" | "state"): number {
  return Math.max(0, ...told.map((message) => message[what] ?? 0));
}
