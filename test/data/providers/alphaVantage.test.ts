/** Alpha Vantage's protocol, on loopback. */
import { describe, expect, it } from "vitest";
import { openProvider } from "../../../src/data/providers/openProvider.ts";
import { createSetup, type SetupOptions } from "../../../src/data/providers/setup.ts";
import type { ProvidedBar } from "../../../src/domain/ports.ts";
import { isoTime, parseIso, parseTimeframe } from "../../../src/domain/time.ts";
import { type FakeServer, fakeServer, hangUp } from "./fakeServer.ts";

const key = "KEY-of-the-tests";

async function ask(
  { url }: Pick<FakeServer, "url">,
  question: { readonly timeframe?: string; readonly from?: string; readonly to?: string } = {},
  options: SetupOptions = {},
): Promise<readonly (readonly ProvidedBar[])[]> {
  const { timeframe = "1d", from = "2024-01-01", to = "2024-12-31" } = question;
  const setup = createSetup({
    ...{ url, limits: {}, firstPauseMs: 1, attempts: 3 },
    variable: async (name) => (name === "ALPHAVANTAGE_API_KEY" ? key : undefined),
    ...options,
  });
  const provider = await openProvider("alphavantage", setup, "/");
  const pages: (readonly ProvidedBar[])[] = [];
  const period = { from: parseIso(from)!, to: parseIso(to)! };
  const { signal } = new AbortController();
  for await (const page of provider.bars({
    symbol: "IBM",
    timeframe: parseTimeframe(timeframe),
    ...period,
    signal,
  })) {
    pages.push(page);
  }
  return pages;
}

function daily(rows: Readonly<Record<string, readonly string[]>>, names = dailyNames) {
  return {
    "Meta Data": { "1. Information": "Daily", "2. Symbol": "IBM", "5. Time Zone": "US/Eastern" },
    "Time Series (Daily)": namedRows(rows, names),
  };
}

function intraday(rows: Readonly<Record<string, readonly string[]>>, interval = "5min") {
  return {
    "Meta Data": { "2. Symbol": "IBM", "4. Interval": interval, "6. Time Zone": "US/Eastern" },
    [`Time Series (${interval})`]: namedRows(rows, dailyNames),
  };
}

const dailyNames = ["1. open", "2. high", "3. low", "4. close", "5. volume"];
const adjustedNames = [...dailyNames.slice(0, 4), "5. adjusted close", "6. volume", "7. dividend amount"];

function namedRows(rows: Readonly<Record<string, readonly string[]>>, names: readonly string[]) {
  const named = (cells: readonly string[]) => Object.fromEntries(cells.map((cell, i) => [names[i], cell]));
  return Object.fromEntries(Object.entries(rows).map(([stamp, cells]) => [stamp, named(cells)]));
}

const bar = ["161.50", "162.50", "160.10", "161.1400", "3000100"];
const opens = (pages: readonly (readonly ProvidedBar[])[]) =>
  pages.flat().map(({ openTime }) => isoTime(openTime));

describe("daily bars", () => {
  it("come oldest first, of the period asked for, digits as they were", async () => {
    const server = await fakeServer(() =>
      daily({ "2024-01-04": bar, "2024-01-03": bar, "2024-01-02": bar, "2023-12-29": bar }),
    );
    const pages = await ask(server, { to: "2024-01-04" });
    expect(opens(pages)).toEqual(["2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z"]);
    expect(pages[0]![0]).toMatchObject({ open: "161.50", close: "161.1400", volume: "3000100" });
    expect(server.asked).toEqual([
      {
        path: "/query",
        query: { function: "TIME_SERIES_DAILY", symbol: "IBM", outputsize: "full", apikey: key },
      },
    ]);
  });

  it("of the last hundred days need the free plan alone, and the day that is not over is left out", async () => {
    const today = isoTime(Date.now()).slice(0, 10);
    const ago = (days: number) => isoTime(Date.now() - days * 86_400_000).slice(0, 10);
    const server = await fakeServer(() => daily({ [today]: bar, [ago(3)]: bar }));
    const pages = await ask(server, { from: ago(90), to: "2100-01-01" });
    expect(opens(pages)).toEqual([`${ago(3)}T00:00:00Z`]);
    expect(server.asked[0]!.query.outputsize).toBe("compact");
  });

  it("are adjusted by the factor of the close", async () => {
    const server = await fakeServer(() =>
      daily({ "2024-01-02": ["100", "110", "90", "100", "50", "7", "0"] }, adjustedNames),
    );
    const pages = await ask(server, {}, { adjusted: true });
    expect(pages.flat()).toMatchObject([{ open: "50", high: "55", low: "45", close: "50", volume: "7" }]);
    expect(server.asked[0]!.query.function).toBe("TIME_SERIES_DAILY_ADJUSTED");
  });
});

describe("bars within the day", () => {
  it("are asked for by month, and stamped by the market's clock, summer and winter", async () => {
    const server = await fakeServer(({ query }) =>
      query.month === "2024-03"
        ? intraday({ "2024-03-11 09:30:00": bar, "2024-03-08 09:30:00": bar })
        : intraday({ "2024-04-01 15:55:00": bar }),
    );
    const pages = await ask(server, { timeframe: "5m", from: "2024-03-01", to: "2024-04-30" });
    expect(opens(pages)).toEqual(["2024-03-08T14:30:00Z", "2024-03-11T13:30:00Z", "2024-04-01T19:55:00Z"]);
    expect(server.asked.map(({ query }) => query.month)).toEqual(["2024-03", "2024-04"]);
    expect(server.asked[0]!.query).toMatchObject({
      ...{ function: "TIME_SERIES_INTRADAY", interval: "5min", outputsize: "full" },
      ...{ extended_hours: "false", adjusted: "false" },
    });
  });

  it("of two years are asked for month by month", async () => {
    const server = await fakeServer(() => intraday({}, "60min"));
    await ask(server, { timeframe: "1h", from: "2023-11-30T23:00:00Z", to: "2024-02-01T00:00:00Z" });
    expect(server.asked.map(({ query }) => query.month)).toEqual(["2023-11", "2023-12", "2024-01"]);
  });

  it.each(["2024-11-03 01:30:00", "2024-03-10 02:30:00", "soon"])("stamped %s are refused", async (stamp) => {
    const server = await fakeServer(() => intraday({ [stamp]: bar }));
    await expect(ask(server, { timeframe: "5m" })).rejects.toMatchObject({
      code: "GEO-VENUE-ANSWER",
      message: expect.stringContaining(stamp),
    });
  });
});

/** As the provider has worded them over the years. */
const refusals: readonly (readonly [field: string, words: string, code: string, requests: number])[] = [
  [
    "Information",
    "Our standard API rate limit is 25 requests per day. Please subscribe to any of the premium plans to instantly remove all daily rate limits.",
    "GEO-VENUE-LIMITED",
    1,
  ],
  [
    "Information",
    `We have detected your API key as ${key} and our standard API rate limit is 25 requests per day.`,
    "GEO-VENUE-LIMITED",
    1,
  ],
  [
    "Information",
    "Thank you for using Alpha Vantage! This is a premium endpoint. You may subscribe to any of the premium plans.",
    "GEO-VENUE-UNSUPPORTED",
    1,
  ],
  [
    "Information",
    "The **demo** API key is for demo purposes only. Please claim your free API key.",
    "GEO-CREDENTIALS",
    1,
  ],
  [
    "Error Message",
    "the parameter apikey is invalid or missing. Please claim your free API key.",
    "GEO-CREDENTIALS",
    1,
  ],
  [
    "Error Message",
    "Invalid API call. Please retry or visit the documentation for TIME_SERIES_DAILY.",
    "GEO-VENUE-UNSUPPORTED",
    1,
  ],
  ["Note", "Something that nobody has ever read.", "GEO-VENUE-ANSWER", 1],
];

describe("a refusal with status 200", () => {
  it.each(refusals)("%s: %s", async (field, words, code, requests) => {
    const server = await fakeServer(() => ({ [field]: words }));
    const error = await ask(server).catch((thrown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringContaining(words.slice(0, 20)) });
    expect(`${error.message} ${error.stack}`).not.toContain(key);
    expect(server.asked).toHaveLength(requests);
  });

  it("for too many a second is waited for", async () => {
    const words =
      "Please consider spreading out your free API requests more sparingly (1 request per second), 25 requests per day.";
    const server = await fakeServer((_, index) =>
      index === 0 ? { Information: words } : daily({ "2024-01-02": bar }),
    );
    expect(opens(await ask(server))).toEqual(["2024-01-02T00:00:00Z"]);
    expect(server.asked).toHaveLength(2);
  });
});

describe("a failure of the way there", () => {
  it.each([
    ["a line that is cut", hangUp],
    ["a 500", { status: 503, body: "no" }],
    ["a 429", { status: 429, headers: { "retry-after": "0" } }],
    ["half of an answer", { status: 200, body: '{"Meta Data": {' }],
  ])("is tried again: %s", async (_, fault) => {
    const server = await fakeServer((_asked, index) => (index < 2 ? fault : daily({ "2024-01-02": bar })));
    expect(opens(await ask(server))).toEqual(["2024-01-02T00:00:00Z"]);
  });

  it.each([
    [hangUp, "GEO-CONNECTION", 3],
    [{ status: 500, body: `for ${key}` }, "GEO-CONNECTION", 3],
    [{ status: 429, headers: { "retry-after": "3600" } }, "GEO-VENUE-LIMITED", 1],
    [{ status: 403, body: `bad key ${key}` }, "GEO-CREDENTIALS", 1],
    [{ status: 404, body: "no such" }, "GEO-VENUE-UNSUPPORTED", 1],
    [{ status: 302, headers: { location: "http://127.0.0.1:1/" } }, "GEO-CONNECTION", 3],
    [{ "Time Series (Daily)": { "2024-01-02": { "1. open": 5 } } }, "GEO-VENUE-ANSWER", 1],
    [daily({ "2024-01-02": ["5", "4", "6", "5", "1"] }), "GEO-VENUE-ANSWER", 1],
    [{ ...daily({}), "Meta Data": { "5. Time Zone": "Mars/Olympus" } }, "GEO-VENUE-ANSWER", 1],
    [[], "GEO-VENUE-ANSWER", 1],
    [null, "GEO-VENUE-ANSWER", 1],
  ])("%o ends with %s after %i", async (fault, code, requests) => {
    const server = await fakeServer(() => fault);
    const error = await ask(server).catch((thrown) => thrown);
    expect(error).toMatchObject({ code });
    expect(`${error.message} ${error.hint} ${error.stack}`).not.toContain(key);
    expect(server.asked).toHaveLength(requests);
  });
});

it("the requests of a day are not exceeded", async () => {
  const server = await fakeServer(() => intraday({}));
  await expect(ask(server, { timeframe: "5m" }, { limits: { perDay: 3 } })).rejects.toMatchObject({
    code: "GEO-VENUE-LIMITED",
    message: expect.stringContaining("the 3 requests of a day are used up"),
  });
  expect(server.asked).toHaveLength(3);
});

it.each([
  ["GEO-CREDENTIALS", {}, { variable: async () => undefined }],
  ["GEO-VENUE-UNSUPPORTED", { timeframe: "4h" }, {}],
  ["GEO-OPTION-VALUE", {}, { url: "http://example.com" }],
  ["GEO-OPTION-VALUE", {}, { url: "https://example.com/?a=b" }],
])("what cannot work is refused before anything is sent: %s %o", async (code, question, options) => {
  const server = await fakeServer(() => ({}));
  await expect(ask(server, question, options)).rejects.toMatchObject({ code });
  expect(server.asked).toEqual([]);
});
