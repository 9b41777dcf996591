import { beforeAll, describe, expect, it } from "vitest";
import { backtestSchema } from "../../src/report/schema.ts";
import { buildWhenStale, documentOf, geosync } from "./geosync.ts";

beforeAll(buildWhenStale);

const cross = ["backtest", "data/SP500_1d.csv", "--strategy", "sma-cross"];

describe("--explain", () => {
  const explained = [...cross, "--explain", "2009-11-14"];
  it("tells below the report what happened around a moment, and why, within 80 columns", async () => {
    const { stdout, stderr, exitCode } = await geosync(explained);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toMatch(/^ Around 2009-11-14 00:00 UTC$/m);
    expect(stdout).toMatch(/^ decided +order \d+: buy SP500 for [\d,.]+ at market, reference price$/m);
    expect(stdout).toMatch(/^ filled +order \d+, at 2009-11-16 00:00, bar 2483: buy 8\.7117098 SP500 at$/m);
    const lines = String(stdout).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });
  it("is a member of the document, and no other run", async () => {
    const { stdout } = await geosync([...explained, "--json"]);
    const document = documentOf(stdout, backtestSchema);
    expect(document.explain!.moments.map(({ time }) => time.slice(0, 10))).toEqual([
      ...["2009-11-04", "2009-11-05"],
      ...["2009-11-14", "2009-11-17"],
    ]);
    const { run } = documentOf((await geosync([...cross, "--json"])).stdout, backtestSchema);
    expect(document.run.id).toBe(run.id);
  });
});
