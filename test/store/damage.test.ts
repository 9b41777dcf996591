/** What happens to a journal behind our back is found and named; what is not ours is left alone. */
import { chmodSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { describe, expect, it } from "vitest";
import { GeoSyncError } from "../../src/domain/errors.ts";
import { SessionReader } from "../../src/store/sessionReader.ts";
import { SessionStore } from "../../src/store/sessionStore.ts";
import { header } from "./payload.ts";
import { bytes, fill, openStore, stateFolder } from "./support.ts";

/** A session of 500 entries, in several blocks, with a checkpoint at 300, that has ended in order. */
async function ended(): Promise<{ readonly stateDir: string; readonly journal: string }> {
  const stateDir = stateFolder();
  const store = await openStore(stateDir);
  fill(store, 500, "some event of the market", 20);
  store.checkpoint(300, 300, bytes("state"));
  store.close("done");
  return { stateDir, journal: store.folder.journal };
}

function alter(journal: string, sql: string): void {
  const database = new Database(journal);
  database.exec(sql);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
}

/** What reading all of it throws. */
async function faultOf(stateDir: string, name = "s1"): Promise<GeoSyncError> {
  try {
    const reader = await SessionReader.open(stateDir, name);
    try {
      reader.head();
      reader.latestCheckpoint();
      for (const _ of reader.entries());
    } finally {
      reader.close();
    }
  } catch (error) {
    if (error instanceof GeoSyncError) return error;
    throw error;
  }
  throw new Error("expected an error, found none");
}

const second = "(SELECT min(first) FROM block WHERE first > 1)";
const last = "(SELECT max(first) FROM block)";

describe("a journal that was altered", () => {
  it.each([
    [
      "a block taken out",
      `DELETE FROM block WHERE first = ${second}`,
      /expected entry (\d+) after entry \d+, found the entries \1 to \d+ missing/,
    ],
    [
      "its beginning taken off",
      "DELETE FROM block WHERE first = 1",
      /expected entry 1 after entry 0, found the entries 1 to/,
    ],
    [
      "its end taken off",
      `DELETE FROM block WHERE first = ${last}`,
      /expected 500 entries at least, found \d+/,
    ],
    [
      "other bytes",
      `UPDATE block SET body = zeroblob(length(body)) WHERE first = ${second}`,
      /expected the entries \d+ to \d+ as they were written, found other bytes/,
    ],
    [
      "other bytes at its end",
      `UPDATE block SET body = zeroblob(length(body)) WHERE first = ${last}`,
      /expected the entries \d+ to 500 as they were written/,
    ],
    ["another count", `UPDATE block SET count = count - 1 WHERE first = ${second}`, /as they were written/],
    [
      "blocks in another order",
      `UPDATE block SET first = -1 WHERE first = 1; UPDATE block SET first = 1 WHERE first = ${second}; UPDATE block SET first = 900 WHERE first = -1`,
      /expected/,
    ],
    [
      "another checkpoint",
      "UPDATE checkpoint SET state = x'00'",
      /expected the checkpoint at entry 300 as it was written/,
    ],
    [
      "another header",
      `DROP TRIGGER header_stays; UPDATE header SET json = replace(json, 'testnet', 'live')`,
      /as it was written/,
    ],
  ])("to have %s says so", async (_, sql, message) => {
    const { stateDir, journal } = await ended();
    alter(journal, sql);
    const fault = await faultOf(stateDir);
    expect(fault.code).toBe("GEO-SESSION");
    expect(fault.message).toMatch(message);
    expect(fault.message).toContain(journal);
    expect(fault.hint).toMatch(/whole copy/);
  });

  it("in its header is not possible by an update", async () => {
    const { journal } = await ended();
    expect(() => alter(journal, "UPDATE header SET json = '{}'")).toThrow("a header never changes");
    expect(() => alter(journal, "DELETE FROM header")).toThrow("a header never goes");
  });

  it("at its end is not taken up again", async () => {
    const { stateDir, journal } = await ended();
    alter(journal, `DELETE FROM block WHERE first = ${last}`);
    await expect(openStore(stateDir)).rejects.toMatchObject({ code: "GEO-SESSION" });
    // And again: the refusal has let go of the lock, and has written nothing.
    await expect(openStore(stateDir)).rejects.toMatchObject({ code: "GEO-SESSION" });
  });
});

describe("a file that is no whole journal", () => {
  it("because it was copied in part is refused", async () => {
    const { stateDir, journal } = await ended();
    truncateSync(journal, statSync(journal).size >> 1);
    const fault = await faultOf(stateDir);
    expect(fault.code).toBe("GEO-SESSION");
    expect(fault.hint).toContain("copied in part");
  });

  it("because it is something else is refused, and left as it is", async () => {
    const stateDir = stateFolder();
    mkdirSync(join(stateDir, "s1"));
    const journal = join(stateDir, "s1", "journal.db");
    const text = "no database at all ".repeat(300);
    writeFileSync(journal, text);
    expect((await faultOf(stateDir)).code).toBe("GEO-SESSION");
    await expect(openStore(stateDir)).rejects.toMatchObject({ code: "GEO-SESSION" });
    expect(readFileSync(journal, "utf8")).toBe(text);
  });

  it("because it is another program's database is refused, and left as it is", async () => {
    const stateDir = stateFolder();
    mkdirSync(join(stateDir, "s1"));
    const journal = join(stateDir, "s1", "journal.db");
    alter(journal, "CREATE TABLE theirs (a)");
    const before = readFileSync(journal);
    const refused = { code: "GEO-SESSION", message: expect.stringContaining("found another database") };
    await expect(openStore(stateDir)).rejects.toMatchObject(refused);
    expect(readFileSync(journal)).toEqual(before);
  });

  it("because a later geosync wrote it is refused with what to do", async () => {
    const { stateDir, journal } = await ended();
    alter(journal, "PRAGMA user_version = 2");
    const refused = {
      code: "GEO-SESSION",
      message: `${journal}: expected a journal of version 1, found version 2`,
      hint: "It was written by a later geosync: use that one, or a later one.",
    };
    await expect(openStore(stateDir)).rejects.toMatchObject(refused);
    expect(await faultOf(stateDir)).toMatchObject(refused);
  });

  it("because its making was cut short is made now", async () => {
    const stateDir = stateFolder();
    mkdirSync(join(stateDir, "s1"));
    writeFileSync(join(stateDir, "s1", "journal.db"), "");
    expect((await faultOf(stateDir)).message).toContain("found none of that name");
    await expect(openStore(stateDir, { create: undefined })).rejects.toMatchObject({ code: "GEO-SESSION" });
    expect((await openStore(stateDir)).run).toBe(1);
  });
});

describe("a session that is not there", () => {
  it("is named with the nearest that is", async () => {
    const { stateDir } = await ended();
    const wanted = SessionStore.open({ stateDir, name: "s11", version: "1" });
    await expect(wanted).rejects.toMatchObject({
      code: "GEO-SESSION",
      message: `session "s11": expected a session in ${stateDir}, found none of that name. Did you mean "s1"?`,
    });
  });

  it.each([
    "",
    ".",
    "..",
    "a/b",
    "a\\b",
    "../x",
    "-a",
    ".hidden",
    "a.",
    "a b",
    "x".repeat(65),
    "nul",
    "COM1.txt",
    "é",
  ])("may not be called %j", async (name) => {
    const stateDir = stateFolder();
    const refused = { code: "GEO-OPTION-VALUE" };
    await expect(SessionStore.open({ stateDir, name, version: "1", create: header })).rejects.toMatchObject(
      refused,
    );
  });

  it.each(["a", "btc-1m", "2024.01_x", "x".repeat(64), "console"])("may be called %j", async (name) => {
    expect((await openStore(stateFolder(), { name })).folder.name).toBe(name);
  });

  it("can't be made where a file lies", async () => {
    const stateDir = join(stateFolder(), "file");
    writeFileSync(stateDir, "");
    const refused = { code: "GEO-OUTPUT", hint: expect.stringContaining("--state-dir") };
    await expect(openStore(stateDir)).rejects.toMatchObject(refused);
  });
});

describe("a commit that fails", () => {
  it("loses nothing, and may be tried again", async () => {
    const store = await openStore(stateFolder());
    fill(store, 3);
    const outsider = new Database(store.folder.journal);
    outsider.exec("BEGIN IMMEDIATE");
    store.append(1, 4, bytes("four"));
    expect(() => store.commit()).toThrow(expect.objectContaining({ code: "GEO-SESSION-BUSY" }));
    expect(store.committedSeq).toBe(3);
    outsider.exec("ROLLBACK");
    outsider.close();
    store.append(1, 5, bytes("five"));
    store.commit();
    expect([...store.entries()].flat().map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });
});

// The superuser may write anywhere.
describe.skipIf(process.platform === "win32" || process.getuid?.() === 0)(
  "without the right to write",
  () => {
    it("a session is refused, but can be read", async () => {
      const { stateDir, journal } = await ended();
      const folder = join(stateDir, "s1");
      for (const [path, mode] of [
        [journal, 0o444],
        [join(folder, "lock"), 0o444],
        [folder, 0o555],
      ] as const)
        chmodSync(path, mode);
      try {
        await expect(openStore(stateDir)).rejects.toMatchObject({ code: "GEO-OUTPUT" });
        const reader = await SessionReader.open(stateDir, "s1");
        expect([...reader.entries()].flat()).toHaveLength(500);
        reader.close();
      } finally {
        chmodSync(folder, 0o755);
      }
    });
  },
);
