/** `geosync data download` as a user says it, against the local exchange on loopback. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "../../src/cli/program.ts";
import type { Session } from "../../src/cli/session.ts";
import { isoTime } from "../../src/domain/time.ts";
import { downloadSchema } from "../../src/report/downloadSchema.ts";
import { createExchange } from "../../src/venue/exchange.ts";
import { startVenue, type Venue } from "../../src/venue/server.ts";

const folder = mkdtempSync(join(tmpdir(), "geosync-download-"));
let venue: Venue;
beforeAll(async () => {
  venue = await startVenue({ createExchange: (clock) => createExchange({ clock }), keys: [] });
});
afterAll(async () => {
  await venue.close();
  rmSync(folder, { recursive: true });
});

async function run(...args: readonly string[]) {
  const written = { out: "", err: "" };
  const session: Session = {
    cwd: folder,
    env: {},
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
  await runProgram(args, session);
  return written;
}

const from = isoTime(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 30 * 3_600_000);
const download = (...more: readonly string[]) =>
  run(
    ...["data", "download", "--venue", "binance", "--venue-url", venue.url, "--symbol", "btcusdt"],
    ...["--from", from, ...more],
  );

describe("geosync data download", () => {
  it("fetches more candles than one answer holds, says so, and backtest reads the file", async () => {
    const { out, err } = await download();
    expect(out).toBe("");
    expect(err).toMatch(
      /^1,[89]\d\d 1m candles of BTC\/USDT from binance in BTCUSDT_1m\.csv, which now holds /,
    );
    const lines = readFileSync(join(folder, "BTCUSDT_1m.csv"), "utf8").trimEnd().split("\n");
    expect(lines[1]).toMatch(new RegExp(`^${from},BTC/USDT,\\d+\\.\\d+,`));
    const report = await run(
      "backtest",
      join(folder, "BTCUSDT_1m.csv"),
      "--strategy",
      "buy-and-hold",
      "--json",
    );
    const { run: made } = JSON.parse(report.out);
    expect(made.data).toMatchObject([{ symbol: "BTC/USDT", rows: lines.length - 1, timeframe: "1m" }]);
  });

  it("goes on with a file, and tells of it in one JSON document", async () => {
    const to = isoTime(Date.parse(from) + 3_600_000);
    await download("--to", to, "--out", "hour.csv");
    const later = isoTime(Date.parse(from) + 7_200_000);
    const { out, err } = await download("--to", later, "--out", "hour.csv", "--json");
    expect(err).toBe("");
    expect(JSON.stringify(downloadSchema.strict().parse(JSON.parse(out)), null, 2)).toBe(out.trimEnd());
    expect(JSON.parse(out)).toEqual({
      schema: "geosync.download/1",
      venue: "binance",
      testnet: false,
      symbol: "BTC/USDT",
      timeframe: "1m",
      file: "hour.csv",
      first: from,
      last: isoTime(Date.parse(later) - 60_000),
      added: 60,
      missing: 0,
    });
  });

  it.each([
    ["a venue", ["data", "download", "--symbol", "BTC/USDT", "--from", "2024-01-01"], "GEO-USAGE"],
    ["a symbol the venue has", ["--symbol", "NO/PE", "--out", "nope.csv"], "GEO-VENUE-UNSUPPORTED"],
    ["a timeframe the venue has", ["--timeframe", "7m", "--out", "seven.csv"], "GEO-VENUE-UNSUPPORTED"],
  ])("needs %s", async (_, args, code) => {
    const failing = args[0] === "data" ? run(...args) : download(...args);
    await expect(failing).rejects.toMatchObject({ code });
  });
});
