import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resolveStateDir } from "../../src/store/sessionFolder.ts";
import { describeSession, listSessions } from "../../src/store/sessions.ts";
import { header } from "./payload.ts";
import { bytes, fill, openStore, stateFolder } from "./support.ts";

describe("the list of sessions", () => {
  it("has every session with what became of it", async () => {
    const stateDir = stateFolder();
    const running = await openStore(stateDir, { name: "running" });
    fill(running, 3);
    const stopped = await openStore(stateDir, { name: "stopped", now: () => 1000 });
    fill(stopped, 2);
    stopped.close("SIGINT");
    (await openStore(stateDir, { name: "crashed" })).close();
    (await openStore(stateDir, { name: "crashed" })).close();
    mkdirSync(join(stateDir, "broken"));
    writeFileSync(join(stateDir, "broken", "journal.db"), "no database at all ".repeat(300));
    mkdirSync(join(stateDir, "no session"));
    writeFileSync(join(stateDir, "notes.txt"), "");
    const sessions = await listSessions(stateDir);
    expect(
      sessions.map(({ name, status, pid, starts, entries }) => [name, status, pid, starts, entries]),
    ).toEqual([
      ["broken", "unreadable", null, 0, 0],
      ["crashed", "crashed", null, 2, 0],
      ["running", "running", process.pid, 1, 3],
      ["stopped", "stopped", null, 1, 2],
    ]);
    expect(sessions[0]!.problem).toContain("expected an intact SQLite database");
    expect(sessions[3]!.header).toEqual({ ...header, created: 1000, version: "1.2.3" });
    for (const { lastActivity, bytes } of sessions) {
      expect(Date.now() - lastActivity).toBeLessThan(60_000);
      expect(bytes).toBeGreaterThan(4096);
    }
  });

  it("is empty where there is nothing", async () => {
    expect(await listSessions(join(stateFolder(), "not", "there"))).toEqual([]);
  });

  it("is of a folder", async () => {
    const file = join(stateFolder(), "file");
    writeFileSync(file, "");
    await expect(listSessions(file)).rejects.toMatchObject({ code: "GEO-FILE" });
  });
});

describe("a session in detail", () => {
  it("has its starts, its latest checkpoint and what its last entries are", async () => {
    const stateDir = stateFolder();
    const store = await openStore(stateDir);
    for (let i = 1; i <= 1500; i++) store.append(i <= 700 ? 1 : 2, i, bytes("x"));
    store.commit();
    store.checkpoint(1400, 1400, bytes("state"));
    store.close("max-runtime");
    const [summary, details] = await describeSession(stateDir, "s1");
    expect(summary).toMatchObject({ name: "s1", status: "stopped", entries: 1500 });
    expect(details).toMatchObject({
      runs: [{ number: 1, end: { reason: "max-runtime", entries: 1500 } }],
      checkpoint: { seq: 1400, time: 1400, bytes: 5 },
      recent: { entries: 1000, from: 501, to: 1500, kinds: { 1: 200, 2: 800 } },
    });
  });
});

describe("the folder of sessions", () => {
  it.each([
    ["the flag", "a", { GEOSYNC_STATE_DIR: "b" }, "/work/a"],
    ["the variable", undefined, { GEOSYNC_STATE_DIR: "/b" }, "/b"],
    ["the usual one", undefined, {}, "/work/.geosync/sessions"],
    ["the usual one for an empty variable", undefined, { GEOSYNC_STATE_DIR: "" }, "/work/.geosync/sessions"],
  ])("is %s", (_, flag, env, expected) => {
    expect(resolveStateDir(flag, env, "/work")).toBe(expected);
  });
});
