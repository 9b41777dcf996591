import { expect, it } from "vitest";
import { backtest } from "../src/run/backtest.ts";
import { readFileSync } from "node:fs";
it("goog", async () => {
  const golden = JSON.parse(readFileSync("../shared/golden/goog_sma_10_20_fixed_10.json","utf8"));
  const out = await backtest({ files: ["../shared/data/GOOG_1d.csv"], strategy: "/tmp/play/fixed.ts", params: {}, cash: {units: 1000000n, scale:0}, slippage: {units:0n,scale:0}, lot: "1" });
  const d = out.document;
  console.log(d.trades.length, golden.trades.length, d.trades[0], golden.trades[0], d.reasons, d.metrics, d.warnings, d.run);
  for (let i = 0; i < 46; i++) { const a = d.trades[i]!, b = golden.trades[i]; expect([a.entryBar,a.exitBar,Number(a.quantity)]).toEqual([b.entryBar,b.exitBar,b.size]); expect(Number(a.pnl)).toBeCloseTo(b.pnl,8);}
});
