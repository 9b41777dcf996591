import { expect, it } from "vitest";
import type { LiveEvent } from "../../../src/domain/execution.ts";
import { formatFixed, parseFixed } from "../../../src/domain/fixed.ts";
import { createInstrument } from "../../../src/domain/instrument.ts";
import { MemoryLedger } from "../../../src/run/session/ledger.ts";
import { loadStrategies, planSession } from "../../../src/run/session/plan.ts";
import { Session } from "../../../src/run/session/session.ts";
import { SessionEngine } from "../../../src/run/session/sessionEngine.ts";
import { SessionJournal } from "../../../src/run/session/sessionJournal.ts";
import { bar } from "../../support/oneRow.ts";

const btc = createInstrument("BTC/USDT", { lot: "0.00001", quantityScale: 8 });

it.each([
  ["BTC", "0.001", "0.999", "900", {}],
  ["USDT", "0.5", "1", "899.5", {}],
  ["BNB", "0.0003", "1", "900", { BNB: "0.0003" }],
])("a fill whose fee was taken in %s", async (currency, amount, held, cash, beside) => {
  const settings = { strategy: "buy-and-hold", cash: parseFixed("1000") };
  const plan = planSession(await loadStrategies(settings), {
    ...{ mode: "live", settings, instruments: [btc], tradeFrom: Number.NEGATIVE_INFINITY },
  });
  const journal = new SessionJournal(new MemoryLedger());
  const core = new SessionEngine(plan, journal);
  const news: LiveEvent[] = [];
  const venue = { take: () => news.splice(0) };
  const session = new Session({ core, journal, venue, now: () => core.engine.time, onStep: () => {} });
  const event = bar(btc, 0, "100");
  const time = event.chunk.times[0]!;
  session.market(time, [event]);
  const quantity = 100_000_000n;
  const fill = { instrument: btc, side: "buy", time, bar: -1, maker: false, clipped: false } as const;
  const price = parseFixed("100");
  const fee = { amount: parseFixed(amount), currency };
  news.push({ kind: "fill", number: 1, ...fill, price, quantity, value: price, fee, remaining: 0n });
  session.settle();
  expect(formatFixed({ units: core.account.holdingOf(btc, 0).quantity, scale: 8 })).toBe(held);
  expect(formatFixed(core.account.cash)).toBe(cash);
  const counted = [...core.feesBeside].map(([name, each]) => [name, formatFixed(each)]);
  expect(Object.fromEntries(counted)).toEqual(beside);
});
