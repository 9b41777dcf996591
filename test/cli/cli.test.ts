import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { reportFailure } from "../../src/cli/failure.ts";
import { logLine } from "../../src/cli/logLine.ts";
import { runProgram } from "../../src/cli/program.ts";
import { progressText } from "../../src/cli/progress.ts";
import { type Session, showsColor } from "../../src/cli/session.ts";
import { GeoSyncError } from "../../src/domain/errors.ts";
import { errorSchema } from "../../src/report/schema.ts";

function fakeSession(env: Session["env"] = {}) {
  const written = { out: "", err: "" };
  const session: Session = {
    cwd: process.cwd(),
    env,
    signal: new AbortController().signal,
    color: false,
    print: async (pieces) => {
      for (const piece of pieces) written.out += piece;
    },
    note: (text) => {
      written.err += `${text}\n`;
    },
    exitCode: 0,
    endsInOrder: false,
  };
  return { session, written };
}

describe("a failure", () => {
  const known = new GeoSyncError("GEO-FILE", "x.csv: expected a file, found none", {
    hint: "Check the path.",
  });
  it("of the user is told in words", async () => {
    const { session, written } = fakeSession();
    expect(await reportFailure(known, false, session)).toBe(4);
    expect(written).toEqual({
      out: "",
      err: "error GEO-FILE: x.csv: expected a file, found none\nCheck the path.\n",
    });
  });
  it("with --json is a document on stdout alone", async () => {
    const { session, written } = fakeSession();
    await reportFailure(known, true, session);
    expect(errorSchema.parse(JSON.parse(written.out)).error).toEqual({
      code: "GEO-FILE",
      message: "x.csv: expected a file, found none",
      hint: "Check the path.",
    });
    expect(written.err).toBe("");
  });
  it.each([new TypeError("undefined is not a function"), "a text"])(
    "that nobody foresaw is a bug: trace, where to report it, exit 1 (%s)",
    async (thrown) => {
      const { session, written } = fakeSession();
      expect(await reportFailure(thrown, true, session)).toBe(1);
      expect(JSON.parse(written.out)).toMatchObject({ error: { code: "GEO-INTERNAL" } });
      expect(written.err).toMatch(/^error GEO-INTERNAL: .*[\s\S]*Please report it/);
      if (thrown instanceof Error) expect(written.err).toContain("cli.test.ts");
    },
  );
  it.each([
    ["error: unknown option '--fees'\n(Did you mean --fee?)", "unknown option '--fees'. Did you mean --fee?"],
    ["error: missing required argument 'file'", "missing required argument 'file'"],
  ])("of commander is a usage error: %j", async (text, message) => {
    const { session, written } = fakeSession();
    expect(await reportFailure(new CommanderError(1, "commander.x", text), true, session)).toBe(2);
    expect(JSON.parse(written.out)).toMatchObject({ error: { code: "GEO-USAGE", message } });
  });
  it.each([
    ...["backtest", "live", "serve", "replay", "drift", "sessions", "halt", "token", "metrics", "strategies"],
    ...["venue", "chaos", "doctor", "data download", "token create", "data", "nonsense", ""],
  ])("of usage is one line of JSON: geosync %s", async (name) => {
    const command = name.split(" ").filter((word) => word !== "");
    let told = 0;
    for (const wrong of [["--bogus"], ["--jsn"], ["--state-dir"], ["--symbol"], ["a", "b", "c", "d"]]) {
      const { session, written } = fakeSession();
      const failed = await runProgram([...command, "--json", ...wrong], session).then(
        () => null,
        (error: unknown) => error,
      );
      // Some take any files.
      if (!(failed instanceof CommanderError)) continue;
      expect(await reportFailure(failed, true, session)).toBe(2);
      expect(written.out).toMatch(/^[^\n]+\n$/);
      const { error } = errorSchema.parse(JSON.parse(written.out));
      expect(error).toEqual({ code: "GEO-USAGE", message: expect.any(String), hint: expect.any(String) });
      expect(error.message).not.toMatch(/^error|\n/);
      expect(written.err).toBe("");
      told++;
    }
    expect(told).toBeGreaterThan(1);
  });
  it("by a signal only says that it stopped", async () => {
    const { session, written } = fakeSession();
    expect(await reportFailure(new GeoSyncError("GEO-INTERRUPTED", "stopped"), false, session)).toBe(130);
    expect(written).toEqual({ out: "", err: "stopped\n" });
  });
});

describe("colour", () => {
  it.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: true }, { NO_COLOR: "1" }, false],
    [{ isTTY: true }, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    [{ isTTY: true }, { NO_COLOR: "" }, true],
    [{ isTTY: true }, { TERM: "dumb" }, false],
    [{}, {}, false],
    [{}, { FORCE_COLOR: "1" }, true],
    [{ isTTY: true }, { FORCE_COLOR: "0" }, false],
  ])("of %j with %j is %s", (stream, env, shown) => {
    expect(showsColor(stream, env)).toBe(shown);
  });
});

it("a log line has the time of the run and its fields", () => {
  const time = Date.UTC(2024, 0, 1, 12);
  expect(logLine(time, "crossed", { fast: 1.5, side: "up", why: "a b", list: [1] })).toBe(
    '2024-01-01T12:00:00Z crossed fast=1.5 side=up why="a b" list=[1]',
  );
  expect(logLine(time, "plain", undefined)).toBe("2024-01-01T12:00:00Z plain");
});

it("progress never promises the end before it is there", () => {
  expect(progressText(0.999, 1_500_000, 2_000)).toBe("99 %, 750,000 bars/s");
});

describe("the program", () => {
  it("takes a misspelt variable for a misspelt setting", async () => {
    const { session } = fakeSession({ GEOSYNC_FEES: "1%" });
    await expect(runProgram(["backtest", "x.csv"], session)).rejects.toMatchObject({ code: "GEO-CONFIG" });
  });
  it("reads assertions before it runs anything", async () => {
    const { session } = fakeSession({ GEOSYNC_ASSERT: "sharpe>=1;winRate>=0" });
    const run = runProgram(["backtest", "missing.csv", "--strategy", "missing"], session);
    await expect(run).rejects.toMatchObject({
      code: "GEO-ASSERTION-INVALID",
      message: expect.stringMatching(/^GEOSYNC_ASSERT: "winRate>=0" can never fail/),
    });
  });
});
