/** `geosync data download --provider` as a user says it, against servers on loopback. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runProgram } from "../../src/cli/program.ts";
import type { Session } from "../../src/cli/session.ts";
import { providerDownloadSchema } from "../../src/report/downloadSchema.ts";
import { fakeServer } from "../data/providers/fakeServer.ts";

const folder = mkdtempSync(join(tmpdir(), "geosync-provider-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const written = { out: "", err: "" };
  const session: Session = {
    cwd: folder,
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
  await runProgram(["data", "download", ...args], session);
  return written;
}

const cells = { "1. open": "10", "2. high": "11", "3. low": "9", "4. close": "10.5", "5. volume": "7" };
const days = (...dates: readonly string[]) => ({
  "Meta Data": { "5. Time Zone": "US/Eastern" },
  "Time Series (Daily)": Object.fromEntries(dates.map((date) => [date, cells])),
});
const question = ["--symbol", "ibm", "--timeframe", "1d", "--from", "2024-01-01"];
const key = { ALPHAVANTAGE_API_KEY: "key-of-the-tests" };

describe("geosync data download --provider", () => {
  it("fetches bars into a file, and says so", async () => {
    const { url } = await fakeServer(() => days("2024-01-03", "2024-01-02"));
    const { out, err } = await run(["--provider", "alphavantage", "--provider-url", url, ...question], key);
    expect([out, err]).toEqual([
      "",
      "2 1d bars of IBM from alphavantage added to IBM_1d.csv, which now holds 2024-01-02T00:00:00Z to 2024-01-03T00:00:00Z.\n",
    ]);
    expect(readFileSync(join(folder, "IBM_1d.csv"), "utf8")).toContain(
      "2024-01-02T00:00:00Z,IBM,10,11,9,10.5,7\n",
    );
  });

  it("goes on with it, and tells of it in one JSON document", async () => {
    const args = ["--provider", "Alpha-Vantage", ...question, "--out", "on.csv", "--json"];
    const { url } = await fakeServer((_, index) =>
      index === 0 ? days("2024-01-02") : days("2024-01-02", "2024-01-05"),
    );
    await run(args, { ...key, ALPHAVANTAGE_URL: url });
    const { out, err } = await run(args, { ...key, ALPHAVANTAGE_URL: url });
    expect(err).toBe("");
    expect(JSON.stringify(providerDownloadSchema.strict().parse(JSON.parse(out)), null, 2)).toBe(
      out.trimEnd(),
    );
    expect(JSON.parse(out)).toEqual({
      schema: "geosync.provider-download/1",
      provider: "alphavantage",
      symbol: "IBM",
      timeframe: "1d",
      adjusted: false,
      file: "on.csv",
      first: "2024-01-02T00:00:00Z",
      last: "2024-01-05T00:00:00Z",
      added: 1,
      resumed: false,
    });
  });

  it("takes the key from .env", async () => {
    writeFileSync(join(folder, ".env"), "IEX_TOKEN=pk_of_a_file\n");
    const { url, asked } = await fakeServer(() => []);
    const args = ["--provider", "iex", "--provider-url", url, ...question, "--out", "iex.csv"];
    await expect(run(args)).rejects.toMatchObject({ code: "GEO-DATA-SHORT" });
    expect(asked[0]!.query).toEqual({ token: "pk_of_a_file" });
  });

  it("keeps to the rate that the plan allows", async () => {
    const { url, asked } = await fakeServer(() => ({
      "Meta Data": { "6. Time Zone": "US/Eastern" },
      "Time Series (5min)": {},
    }));
    const args = [
      "--provider",
      "alphavantage",
      "--provider-url",
      url,
      "--symbol",
      "IBM",
      "--timeframe",
      "5m",
    ];
    const limited = run([...args, "--from", "2024-01-01", "--rate", "100/s", "--rate", "2/d"], key);
    await expect(limited).rejects.toMatchObject({ code: "GEO-VENUE-LIMITED" });
    expect(asked).toHaveLength(2);
  });

  it("keeps to it from one run to the next, for each key by itself", async () => {
    const { url, asked } = await fakeServer(() => days("2024-01-02"));
    const args = ["--provider", "alphavantage", "--provider-url", url, ...question, "--rate", "2/d", "--out"];
    await run([...args, "a.csv"], key);
    await run([...args, "b.csv"], key);
    await expect(run([...args, "c.csv"], key)).rejects.toMatchObject({ code: "GEO-VENUE-LIMITED" });
    expect(asked).toHaveLength(2);
    await run([...args, "c.csv"], { ALPHAVANTAGE_API_KEY: "another" });
    expect(asked).toHaveLength(3);
    const files = readdirSync(join(folder, ".geosync/providers")).map((name) =>
      readFileSync(join(folder, ".geosync/providers", name), "utf8"),
    );
    expect(files.join("")).toMatch(/^(\d{13}\n)+$/);
  });

  it("loads a provider of one's own", async () => {
    writeFileSync(
      join(folder, "mine.mjs"),
      `export default (setup) => ({
        name: "mine", limits: {},
        async *bars({ from }) {
          const price = (await setup.variable("PRICE_KEY")) ?? "1";
          yield [{ openTime: from, open: price, high: price, low: price, close: price, volume: "0" }];
        },
      });`,
    );
    const { err } = await run(["--provider", "./mine.mjs", ...question, "--out", "mine.csv"], {
      PRICE_KEY: "42",
    });
    expect(err).toMatch(/^1 1d bars of IBM from mine added to mine\.csv/);
    expect(readFileSync(join(folder, "mine.csv"), "utf8")).toContain(
      "2024-01-01T00:00:00Z,IBM,42,42,42,42,0\n",
    );
  });

  it.each([
    ["a name that is known", "GEO-USAGE", ["--provider", "alphavantag"], 'Did you mean "alphavantage"?'],
    ["a module that is there", "GEO-FILE", ["--provider", "./none.mjs"], "./none.mjs"],
    ["a module that is a provider", "GEO-FILE", ["--provider", "./empty.mjs"], "default export"],
    ["a key", "GEO-CREDENTIALS", ["--provider", "alphavantage"], "ALPHAVANTAGE_API_KEY"],
    ["an address of IEX", "GEO-USAGE", ["--provider", "iex"], "address"],
    ["no venue beside it", "GEO-USAGE", ["--provider", "iex", "--venue", "binance"], "--venue"],
    ["no testnet beside it", "GEO-USAGE", ["--provider", "iex", "--testnet"], "--testnet"],
    [
      "no address of a venue beside it",
      "GEO-USAGE",
      ["--provider", "iex", "--venue-url", "http://x"],
      "--venue-url",
    ],
    ["a rate", "GEO-OPTION-VALUE", ["--provider", "iex", "--rate", "fast"], "--rate"],
    ["a provider for --adjusted", "GEO-USAGE", ["--venue", "binance", "--adjusted"], "--provider"],
  ])("needs %s", async (_, code, args, words) => {
    writeFileSync(join(folder, "empty.mjs"), "export default {};\n");
    writeFileSync(join(folder, ".env"), "IEX_TOKEN=pk_of_a_file\n");
    const failure = await run([...args, ...question, "--out", "no.csv"]).catch((error) => error);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(words) });
  });
});
