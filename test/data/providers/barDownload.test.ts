/** Downloads of a provider that fail, are killed and go on. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { type BarDownloadOptions, downloadBars } from "../../../src/data/providers/barDownload.ts";
import { ConnectionError } from "../../../src/domain/errors.ts";
import type { BarQuestion, DataProvider, ProvidedBar } from "../../../src/domain/ports.ts";
import { isoTime, parseTimeframe } from "../../../src/domain/time.ts";

const folder = mkdtempSync(join(tmpdir(), "geosync-provider-"));
afterAll(() => rmSync(folder, { recursive: true }));
const timeframe = parseTimeframe("1h");
const start = Date.UTC(2024, 0, 1);
let files = 0;
const freshFile = () => join(folder, `IBM-${files++}.csv`);

const barAt = (hour: number, close = "10.50"): ProvidedBar => ({
  ...{ openTime: start + hour * timeframe.ms, open: "10", high: "11", low: "9.5" },
  ...{ close, volume: String(hour) },
});
/** With holes, as markets have them. */
const market = Array.from({ length: 60 }, (_, hour) => barAt(hour)).filter((_, hour) => hour % 7 !== 3);

interface Fault {
  /** Rows that are given before it breaks. */
  readonly after?: number;
  readonly pageSize?: number;
  readonly bars?: readonly ProvidedBar[];
}

/** As the port promises; breaks where it is told to. */
function providerOf({ after = Number.POSITIVE_INFINITY, pageSize = 7, bars = market }: Fault = {}) {
  const questions: BarQuestion[] = [];
  const provider: DataProvider = {
    name: "fake",
    limits: {},
    async *bars(question) {
      questions.push(question);
      const wanted = bars.filter(({ openTime }) => openTime >= question.from && openTime < question.to);
      for (let from = 0; from < wanted.length; from += pageSize) {
        const page = wanted.slice(from, from + pageSize);
        if (from + page.length > after) throw new ConnectionError("the line is cut");
        yield page;
      }
    },
  };
  return { provider, questions };
}

const options = (path: string, more: Partial<BarDownloadOptions> = {}): BarDownloadOptions => ({
  ...{ symbol: "IBM", timeframe, adjusted: false, from: start, to: undefined, path },
  signal: new AbortController().signal,
  ...more,
});

const header = "timestamp,symbol,open,high,low,close,volume";
const rowOf = ({ openTime, open, high, low, close, volume }: ProvidedBar) =>
  [isoTime(openTime), "IBM", open, high, low, close, volume].join(",");
const whole = `${[header, ...market.map(rowOf)].join("\n")}\n`;

it("a second download into the same file is refused, and the first one comes to its end", async () => {
  const path = freshFile();
  const refusals: unknown[] = [];
  const { provider } = providerOf();
  const asking: DataProvider = {
    ...provider,
    async *bars(question) {
      await downloadBars(provider, options(path)).catch((error: unknown) => refusals.push(error));
      yield* provider.bars(question);
    },
  };
  const { added } = await downloadBars(asking, options(path));
  expect(added).toBe(market.length);
  expect(refusals).toMatchObject([{ code: "GEO-OUTPUT", message: expect.stringContaining("under way") }]);
  expect(existsSync(`${path}.lock`)).toBe(false);
});

describe("a download", () => {
  it("writes every bar of the period once, digits as they came, and leaves nothing else", async () => {
    const path = freshFile();
    const report = await downloadBars(providerOf().provider, options(path));
    expect(readFileSync(path, "utf8")).toBe(whole);
    const first = market[0]!.openTime;
    const last = market.at(-1)!.openTime;
    expect(report).toEqual({ resumed: false, added: market.length, first, last });
    expect(readdirSync(folder).filter((name) => name.startsWith(`${path.split("/").at(-1)}.`))).toEqual([]);
  });

  it("shows nobody half of a file", async () => {
    const path = freshFile();
    await expect(downloadBars(providerOf({ after: 20 }).provider, options(path))).rejects.toThrow("cut");
    expect(existsSync(path)).toBe(false);
    expect(existsSync(`${path}.partial`)).toBe(true);
  });

  it("stopped anywhere, any number of times, with any page size, ends with the same file", async () => {
    const stops = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 5 });
    const sizes = fc.integer({ min: 1, max: 20 });
    const torn = fc.integer({ min: 0, max: 30 });
    await fc.assert(
      fc.asyncProperty(stops, sizes, torn, async (breaks, pageSize, cut) => {
        const path = freshFile();
        for (const after of breaks) {
          await downloadBars(providerOf({ after, pageSize }).provider, options(path)).catch(() => {});
          // As a process that is killed while it writes leaves it.
          const part = `${path}.partial`;
          if (existsSync(part)) writeFileSync(part, readFileSync(part).subarray(0, -cut || undefined));
        }
        await downloadBars(providerOf({ pageSize }).provider, options(path));
        expect(readFileSync(path, "utf8")).toBe(whole);
      }),
      { numRuns: 60 },
    );
  });

  it("that goes on asks from the last row on", async () => {
    const path = freshFile();
    await downloadBars(providerOf({ after: 21 }).provider, options(path)).catch(() => {});
    const { provider, questions } = providerOf();
    const report = await downloadBars(provider, options(path, { from: undefined }));
    expect(questions.map(({ from }) => from)).toEqual([market[20]!.openTime]);
    expect(report).toMatchObject({ resumed: true, added: market.length - 21, first: start });
  });

  it("goes on with a file that is whole, and leaves it as it was when it fails", async () => {
    const path = freshFile();
    const to = start + 20 * timeframe.ms;
    await downloadBars(providerOf().provider, options(path, { to }));
    const before = readFileSync(path, "utf8");
    await downloadBars(providerOf({ after: 14 }).provider, options(path)).catch(() => {});
    expect(readFileSync(path, "utf8")).toBe(before);
    await downloadBars(providerOf().provider, options(path, { from: undefined }));
    expect(readFileSync(path, "utf8")).toBe(whole);
  });

  it("of what is there already changes nothing", async () => {
    const path = freshFile();
    await downloadBars(providerOf().provider, options(path));
    expect(await downloadBars(providerOf().provider, options(path))).toMatchObject({ added: 0 });
    expect(readFileSync(path, "utf8")).toBe(whole);
  });

  it("stops when it is told to, and goes on later", async () => {
    const path = freshFile();
    const stop = new AbortController();
    const onProgress = (share: number): void => {
      if (share > 0) stop.abort(new Error("enough"));
    };
    const stopped = downloadBars(providerOf().provider, options(path, { signal: stop.signal, onProgress }));
    await expect(stopped).rejects.toThrow("enough");
    await downloadBars(providerOf().provider, options(path));
    expect(readFileSync(path, "utf8")).toBe(whole);
  });
});

describe("what would spoil a file is refused", () => {
  it("another question than the one that was stopped", async () => {
    const path = freshFile();
    await downloadBars(providerOf({ after: 21 }).provider, options(path)).catch(() => {});
    const before = readFileSync(`${path}.partial`, "utf8");
    for (const other of [
      { adjusted: true },
      { from: start + 3_600_000 },
      { timeframe: parseTimeframe("1m") },
    ]) {
      const refused = downloadBars(providerOf().provider, options(path, other));
      await expect(refused).rejects.toMatchObject({ code: "GEO-DATA-VALUE" });
    }
    expect(readFileSync(`${path}.partial`, "utf8")).toBe(before);
  });

  it("a file that begins later than asked for, when there are earlier bars", async () => {
    const path = freshFile();
    const from = start + 10 * timeframe.ms;
    await downloadBars(providerOf().provider, options(path, { from }));
    await expect(downloadBars(providerOf().provider, options(path))).rejects.toMatchObject({
      code: "GEO-DATA-VALUE",
      message: expect.stringContaining("begins at 2024-01-01T00:00:00Z"),
    });
    // Where there is none earlier, it begins early enough.
    const bars = market.filter(({ openTime }) => openTime >= from);
    expect(await downloadBars(providerOf({ bars }).provider, options(path))).toMatchObject({ added: 0 });
  });

  it("rows that the provider has otherwise, as after an adjustment", async () => {
    const path = freshFile();
    await downloadBars(providerOf().provider, options(path, { to: start + 9 * timeframe.ms }));
    const before = readFileSync(path, "utf8");
    const bars = market.map((bar) => ({ ...bar, close: "9.75" }));
    await expect(downloadBars(providerOf({ bars }).provider, options(path))).rejects.toMatchObject({
      code: "GEO-DATA-VALUE",
    });
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(existsSync(`${path}.partial`)).toBe(false);
  });

  it("a file of something else, which is left as it was", async () => {
    const path = freshFile();
    writeFileSync(path, "my notes\n");
    await expect(downloadBars(providerOf().provider, options(path))).rejects.toMatchObject({
      code: "GEO-DATA-HEADER",
    });
    expect(readFileSync(path, "utf8")).toBe("my notes\n");
    expect(existsSync(`${path}.partial`)).toBe(false);
  });

  const now = Math.floor(Date.now() / timeframe.ms) * timeframe.ms;
  it.each<[string, readonly ProvidedBar[]]>([
    ["a bar twice", [barAt(1), barAt(1)]],
    ["bars that go back", [barAt(2), barAt(1)]],
    ["a bar of before", [barAt(-1)]],
    ["a bar that is still forming", [{ ...barAt(0), openTime: now }]],
  ])("%s", async (_, bars) => {
    const provider: DataProvider = {
      name: "fake",
      limits: {},
      async *bars() {
        yield bars;
      },
    };
    const path = freshFile();
    await expect(downloadBars(provider, options(path))).rejects.toMatchObject({ code: "GEO-VENUE-ANSWER" });
    expect(existsSync(`${path}.partial`)).toBe(false);
  });

  it.each([
    ["no bars at all", "GEO-DATA-SHORT", { from: start + 1e9 }],
    ["no beginning", "GEO-USAGE", { from: undefined }],
  ])("%s", async (_, code, more) => {
    const path = freshFile();
    await expect(downloadBars(providerOf().provider, options(path, more))).rejects.toMatchObject({ code });
    expect(existsSync(`${path}.partial.json`)).toBe(false);
  });

  it("two downloads into one file", async () => {
    const path = freshFile();
    let meddled = false;
    const onProgress = (): void => {
      if (meddled) return;
      meddled = true;
      writeFileSync(`${path}.partial`, `${rowOf(barAt(1000))}\n`, { flag: "a" });
    };
    await expect(downloadBars(providerOf().provider, options(path, { onProgress }))).rejects.toMatchObject({
      code: "GEO-OUTPUT",
    });
  });
});
