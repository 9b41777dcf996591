import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sp500, syntheticMinutes } from "../../data/derive.js";

const shipped = [
  { name: "SP500_1d.csv", derive: sp500, rows: 5105, stamp: /^\d{4}-\d{2}-\d{2}$/, step: 86_400_000 },
  {
    name: "BTCUSDT_1m_synthetic.csv",
    derive: syntheticMinutes,
    rows: 20_155,
    stamp: /^2024-01-\d{2}T\d{2}:\d{2}:00Z$/,
    step: 60_000,
  },
];

describe.each(shipped)("data/$name", ({ name, derive, rows, stamp, step }) => {
  const bytes = readFileSync(new URL(`../../data/${name}`, import.meta.url), "utf8");
  const [header, ...lines] = bytes.trimEnd().split("\n");
  const cells = lines.map((line) => line.split(","));

  it("is what data/derive.js makes, byte for byte, every time", () => {
    expect(derive() === bytes).toBe(true);
    expect(derive() === bytes).toBe(true);
  });

  it("has the six columns and the rows that its README counts", () => {
    expect(header).toBe("timestamp,open,high,low,close,volume");
    expect(lines).toHaveLength(rows);
    expect(cells.filter((row) => row.length !== 6)).toEqual([]);
    const readme = readFileSync(new URL("../../data/README.md", import.meta.url), "utf8");
    expect(readme).toContain(`| \`${name}\` | ${rows.toLocaleString("en-US")} |`);
  });

  it("has stamps that rise by whole steps", () => {
    const times = cells.map(([time]) => Date.parse(time!));
    expect(cells.filter(([time]) => !stamp.test(time!))).toEqual([]);
    const wrong = times.filter(
      (time, i) => i > 0 && !(time > times[i - 1]! && (time - times[i - 1]!) % step === 0),
    );
    expect(wrong).toEqual([]);
  });

  it("has possible bars: positive, low ≤ open, close ≤ high", () => {
    const impossible = cells.filter((row) => {
      const [open, high, low, close, volume] = row.slice(1).map(Number) as [
        number,
        number,
        number,
        number,
        number,
      ];
      return !(low > 0 && low <= open && low <= close && open <= high && close <= high && volume > 0);
    });
    expect(impossible).toEqual([]);
  });
});

describe("data/BTCUSDT_1m_synthetic.csv", () => {
  const rows = syntheticMinutes().trimEnd().split("\n").slice(1);

  it("has prices to the cent and volumes to 1e-5 BTC", () => {
    const row = /^[^,]+(,\d+\.\d{2}){4},\d+\.\d{5}$/;
    expect(rows.filter((text) => !row.test(text))).toEqual([]);
  });

  it("lacks five of the minutes of fourteen days", () => {
    expect(14 * 1440 - rows.length).toBe(5);
    expect(rows[0]).toMatch(/^2024-01-01T00:00:00Z,/);
    expect(rows.at(-1)).toMatch(/^2024-01-14T23:59:00Z,/);
  });
});
