/** The protocol of IEX Cloud, on loopback. */
import { describe, expect, it } from "vitest";
import { openProvider } from "../../../src/data/providers/openProvider.ts";
import { createSetup, type SetupOptions } from "../../../src/data/providers/setup.ts";
import { isoTime, parseIso, parseTimeframe } from "../../../src/domain/time.ts";
import { type FakeServer, fakeServer } from "./fakeServer.ts";

const token = "pk_of_the_tests";

async function ask(
  { url }: Pick<FakeServer, "url">,
  { timeframe = "1d", from = "2024-01-01", to = "2024-01-10" } = {},
  options: SetupOptions = {},
) {
  const setup = createSetup({
    ...{ url, limits: {}, firstPauseMs: 1 },
    variable: async (name) => (name === "IEX_TOKEN" ? token : undefined),
    ...options,
  });
  const provider = await openProvider("iex", setup, "/");
  const bars: (readonly string[])[] = [];
  const period = { from: parseIso(from)!, to: parseIso(to)!, signal: new AbortController().signal };
  for await (const page of provider.bars({
    symbol: "AAPL",
    timeframe: parseTimeframe(timeframe),
    ...period,
  })) {
    for (const { openTime, ...cells } of page) bars.push([isoTime(openTime), ...Object.values(cells)]);
  }
  return bars;
}

const day = (date: string) => ({
  ...{ date, symbol: "AAPL", open: 2, high: 3, low: 1, close: 2.5, volume: 100 },
  ...{ uOpen: 184.22, uHigh: 185.88, uLow: 183.43, uClose: 184.25, uVolume: 58414460 },
  ...{ fOpen: 92.11, fHigh: 92.94, fLow: 91.715, fClose: 92.125, fVolume: 116828920 },
});

describe("daily bars", () => {
  it("are those that were traded at, oldest first, of the period", async () => {
    const dates = ["2024-01-03", "2024-01-10", "2024-01-02", "2023-12-29"];
    const server = await fakeServer(() => dates.map(day));
    expect(await ask(server)).toEqual([
      ["2024-01-02T00:00:00Z", "184.22", "185.88", "183.43", "184.25", "58414460"],
      ["2024-01-03T00:00:00Z", "184.22", "185.88", "183.43", "184.25", "58414460"],
    ]);
    expect(server.asked[0]).toMatchObject({
      path: expect.stringMatching(/^\/stable\/stock\/AAPL\/chart\/\w+$/),
    });
    expect(server.asked[0]!.query).toEqual({ token });
  });

  it("are adjusted ones when these are asked for", async () => {
    const server = await fakeServer(() => [day("2024-01-02")]);
    const bars = await ask(server, {}, { adjusted: true });
    expect(bars).toEqual([["2024-01-02T00:00:00Z", "92.11", "92.94", "91.715", "92.125", "116828920"]]);
  });

  it.each([
    [20, "1m"],
    [60, "3m"],
    [300, "1y"],
    [1000, "5y"],
    [4000, "max"],
  ])("from %i days ago are in the range %s", async (days, range) => {
    const server = await fakeServer(() => []);
    await ask(server, { from: isoTime(Date.now() - days * 86_400_000), to: "2100-01-01" });
    expect(server.asked.map(({ path }) => path)).toEqual([`/stable/stock/AAPL/chart/${range}`]);
  });
});

describe("minutes", () => {
  it("are asked for by the day, without weekends, and those without a trade are left out", async () => {
    const traded = { open: 10.5, high: 11, low: 10, close: 10.25, volume: 300 };
    const silent = { open: null, high: null, low: null, close: null, volume: 0 };
    const server = await fakeServer(({ path }) =>
      path.endsWith("20240105")
        ? [
            { date: "2024-01-05", minute: "09:31", ...silent },
            { date: "2024-01-05", minute: "09:30", ...traded },
          ]
        : [],
    );
    const period = { timeframe: "1m", from: "2024-01-05", to: "2024-01-09" };
    expect(await ask(server, period)).toEqual([["2024-01-05T14:30:00Z", "10.5", "11", "10", "10.25", "300"]]);
    expect(server.asked.map(({ path }) => path.split("/").at(-1))).toEqual(["20240105", "20240108"]);
  });
});

it.each([
  ["GEO-VENUE-ANSWER", { rows: [] }],
  ["GEO-VENUE-ANSWER", [{ date: "today" }]],
  ["GEO-VENUE-ANSWER", [{ date: "2024-01-02", open: 1 }]],
  ["GEO-VENUE-UNSUPPORTED", { status: 404, body: "Unknown symbol" }],
  ["GEO-VENUE-LIMITED", { status: 402, body: "You have exceeded your allotted message quota" }],
  ["GEO-CREDENTIALS", { status: 403, body: `The API key ${token} is not valid` }],
])("%s: %o", async (code, answer) => {
  const server = await fakeServer(() => answer);
  const error = await ask(server).catch((thrown) => thrown);
  expect(error).toMatchObject({ code });
  expect(`${error.message} ${error.stack}`).not.toContain(token);
});

it.each([
  ["GEO-USAGE", {}, { url: undefined }],
  ["GEO-CREDENTIALS", {}, { variable: async () => undefined }],
  ["GEO-VENUE-UNSUPPORTED", { timeframe: "5m" }, {}],
  ["GEO-VENUE-UNSUPPORTED", { timeframe: "1m" }, { adjusted: true }],
])("what cannot work is refused before anything is sent: %s", async (code, question, options) => {
  const server = await fakeServer(() => []);
  const { url, ...rest } = options as { readonly url?: undefined };
  const given = "url" in options ? { url: undefined as unknown as string } : rest;
  await expect(ask(server, question, given)).rejects.toMatchObject({ code });
  expect([url, server.asked]).toEqual([undefined, []]);
});
