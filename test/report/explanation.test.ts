/** The table of reasons, and what a terminal shows of an explanation. */
import { describe, expect, it } from "vitest";
import { type ReasonCode, reasons } from "../../src/domain/reasons.ts";
import type { Facts } from "../../src/report/explanation.ts";
import {
  becauseOf,
  type ExplanationRule,
  explanationRules,
  shownFact,
} from "../../src/report/explanationRules.ts";
import { renderBacktest } from "../../src/report/table.ts";
import { gambler } from "../support/gambler.ts";
import { bars, fixed, minute, run, script, start, walk } from "../support/market.ts";
import { document } from "./documents.ts";

const rules = Object.keys(explanationRules) as ExplanationRule[];

describe("a reason", () => {
  it.each(rules)("%s says all it knows", (rule) => {
    const named = [...explanationRules[rule as keyof typeof explanationRules].matchAll(/\{(\w+)\}/g)];
    const facts: Facts = Object.fromEntries(named.map(([, name]) => [name, `<${name}>`]));
    const text = becauseOf(rule, facts);
    expect(text).not.toMatch(/[[\]{}]/);
    for (const fact of Object.values(facts)) expect(text).toContain(fact);
  });

  it.each(Object.keys(reasons) as ReasonCode[])(
    "%s has words even when its numbers are not known",
    (code) => {
      expect(becauseOf(code, {})).not.toMatch(/^$|[[\]{}]|undefined/);
    },
  );

  it("codes of ends in the table are those of the domain", () => {
    const ends = rules.filter((rule) => /^(refused|expired|cancelled):/.test(rule));
    expect(ends.filter((rule) => !(rule in reasons))).toEqual([]);
  });

  it.each([
    ["2024-01-01T12:00:00Z", "2024-01-01 12:00"],
    ["2024-01-01T12:00:05Z", "2024-01-01 12:00:05"],
    ["2024-01-01T12:00:00.050Z", "2024-01-01 12:00:00.050"],
    ["-12.12345678", "-12.12345678"],
    ["12.123456789", "12.12345678…"],
    ["1000000", "1000000"],
    ["USDT", "USDT"],
  ])("shows %s as %s", (fact, shown) => {
    expect(shownFact(fact)).toBe(shown);
  });
});

async function textAt(
  strategy: Parameters<typeof run>[0],
  rows: Parameters<typeof bars>[0],
  options: Parameters<typeof run>[2],
): Promise<string> {
  const { explanation } = await run(strategy, bars(rows, { symbol: "ACME" }), options);
  const text = renderBacktest({ ...document, explain: explanation! }, { color: false });
  return text.slice(text.indexOf(" Around"));
}

describe("an explanation in a terminal", () => {
  it("reads as a story of instants", async () => {
    const strategy = script({
      0: (ctx) => {
        ctx.log("cheap", { at: 100 });
        ctx.buy({ quantity: 1, tag: "in" });
        ctx.buy({ quantity: 1000 });
      },
    });
    const rows = [100, [100, 102, 99, 101], 101] as const;
    const options = { explain: start + minute - 1, slippage: fixed("0.0005"), takerFee: fixed("0.001") };
    expect(await textAt(strategy, rows, options)).toMatchInlineSnapshot(`
      " Around 2024-01-01 00:01 UTC, the next instant after 2024-01-01 00:00:59.999

       2024-01-01 00:01  <- asked for
       seen        ACME bar 0, 1m from 2024-01-01 00:00: open 100, high 100, low 100,
                   close 100, volume 1
       account     cash 10,000.00, equity 10,000.00 USDT, no position
       logged      cheap at=100
       decided     order 1: buy 1 ACME at market, reference price 100; it may fill at
                   prices formed from 2024-01-01 00:01 on
       decided     order 2: buy 1000 ACME at market, reference price 100; it may fill
                   at prices formed from 2024-01-01 00:01 on
       refused     order 2 (buy 1000 ACME at market): refused:insufficient-cash,
                   because it needed 100100, open orders held back 100.1, and 10000
                   was free

       2024-01-01 00:02
       seen        ACME bar 1, 1m from 2024-01-01 00:01: open 100, high 102, low 99,
                   close 101, volume 1
       filled      order 1, at 2024-01-01 00:01, bar 1: buy 1 ACME at 100 + slippage
                   0.05 = 100.05, fee 0.10005 USD, because a market order fills at the
                   first price after it became active: the open of the bar, 100
       account     cash 9,899.85, equity 10,000.85 USDT, holds 1 ACME
       decided     nothing
      "
    `);
  });

  it("fits 80 columns whatever happens, and leaves nothing undefined", async () => {
    for (let at = 5; at < 150; at += 16) {
      const text = await textAt(gambler, walk(2, 150), { explain: start + at * minute, account: "margin" });
      expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
      expect(text).not.toMatch(/undefined|null|NaN|[{}]/);
    }
  });
});
