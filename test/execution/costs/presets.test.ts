import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type CostPresetName, costPresetNames } from "../../../src/domain/costs.ts";
import { formatFixed } from "../../../src/domain/fixed.ts";
import { dayMs } from "../../../src/domain/time.ts";
import { costModelsOf } from "../../../src/execution/costs/costModels.ts";
import { costPresets } from "../../../src/execution/costs/presets.ts";
import { btc, feesOf, type Part, share } from "./orders.ts";

describe("an order at each venue, by hand", () => {
  const half: readonly Part[] = [
    ["0.5", "60000"],
    ["0.5", "60000", true],
  ];
  it.each<[CostPresetName, readonly Part[], readonly string[]]>([
    ["zero", half, ["0", "0"]],
    ["binance-spot", half, ["30", "30"]],
    ["binance-spot-bnb", half, ["22.5", "22.5"]],
    ["binance-usdm", half, ["15", "6"]],
    ["bybit-spot", half, ["30", "30"]],
    ["bybit-linear", half, ["16.5", "6"]],
    ["okx-spot", half, ["30", "24"]],
    ["kraken-spot", half, ["120", "75"]],
    ["coinbase-advanced", half, ["180", "120"]],
    ["ibkr-fixed", [["1000", "25"]], ["5"]],
    ["ibkr-fixed", [["1000", "0.25"]], ["2.5"]],
    ["ibkr-fixed", [["100", "25"]], ["1"]],
  ])("%s", (costs, parts, fees) => {
    const { fees: schedule } = costModelsOf({ costs }, 1);
    expect(feesOf(schedule, parts, costs === "ibkr-fixed" ? share : btc)).toEqual(fees);
  });

  it("volume makes it cheaper where volume alone does: 60,000 dollars at Kraken", () => {
    const { fees } = costModelsOf({ costs: "kraken-spot" }, 1);
    fees.booked!({ units: 60_000n, scale: 0 }, btc, 0);
    expect([true, false].map((maker) => formatFixed(fees.terms(maker, btc, dayMs).rate))).toEqual([
      "0.0014",
      "0.0024",
    ]);
  });
});

describe.each(costPresetNames.filter((name) => name !== "zero"))("%s", (name) => {
  const { source, asOf, note, tiers } = costPresets[name];

  it("says where it is from, and of when or that this is not known", () => {
    expect(source).toMatch(/^https:\/\/\S+$/);
    if (asOf === null) expect(note).toMatch(/undated/);
    else expect(asOf >= "2020-01-01" && asOf <= "2026-11-23").toBe(true);
    expect(note.length).toBeGreaterThan(40);
  });

  it("charges less with more volume, takers no less than makers, and nobody below nothing", () => {
    tiers.forEach(({ maker, taker }, i) => {
      const [before, rates] = [tiers[i - 1], [maker, taker].map((rate) => Number(formatFixed(rate)))];
      expect(rates[0]! >= 0 && rates[0]! <= rates[1]!).toBe(true);
      if (before === undefined) return;
      expect(rates[0]).toBeLessThanOrEqual(Number(formatFixed(before.maker)));
      expect(rates[1]).toBeLessThan(Number(formatFixed(before.taker)));
    });
  });
});

describe("docs/costs.md", () => {
  const document = readFileSync(new URL("../../../docs/costs.md", import.meta.url), "utf8");

  it("lists every preset with its figures, source and date, and no other", () => {
    const rows = [...document.matchAll(/^\| `([a-z-]+)` \| (.+) \|$/gm)].map(([, name, cells]) => [
      name,
      cells,
    ]);
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(costPresetNames.map((name) => [name, rowOf(name)])),
    );
  });

  it.each(costPresetNames.filter((name) => costPresets[name].tiers.length > 1))(
    "lists the tiers of %s",
    (name) => {
      const tiers = costPresets[name].tiers.map(
        ({ from, maker, taker }) => `| ${formatFixed(from)} | ${percent(maker)} | ${percent(taker)} |`,
      );
      expect(document).toContain(
        `**${name}**\n\n| from | maker | taker |\n| --- | --- | --- |\n${tiers.join("\n")}\n`,
      );
    },
  );
});

/** | preset | maker | taker | fee in | figures of | source | note | */
function rowOf(name: CostPresetName): string {
  const { tiers, perUnit, currency, asOf, source, note } = costPresets[name];
  const [{ maker, taker }] = tiers as [(typeof tiers)[number]];
  const perShare = perUnit.units !== 0n;
  const rates = perShare
    ? [`${formatFixed(perUnit)} a share`, `${formatFixed(perUnit)} a share`]
    : [percent(maker), percent(taker)];
  const paidIn = typeof currency === "string" ? currency : currency.label;
  const link = source === null ? "none" : `[${new URL(source).hostname}](${source})`;
  return [...rates, paidIn, asOf ?? (source === null ? "always" : "undated"), link, note].join(" | ");
}

function percent(rate: { readonly units: bigint; readonly scale: number }): string {
  return `${formatFixed({ units: rate.units * 100n, scale: rate.scale })} %`;
}
