import { expect, it } from "vitest";
import type { LiveEvent } from "../../../src/domain/execution.ts";
import { createInstrument } from "../../../src/domain/instrument.ts";
import { MemoryLedger } from "../../../src/run/session/ledger.ts";
import { loadStrategies, planSession } from "../../../src/run/session/plan.ts";
import { Session } from "../../../src/run/session/session.ts";
import { SessionEngine } from "../../../src/run/session/sessionEngine.ts";
import { SessionJournal } from "../../../src/run/session/sessionJournal.ts";

const btc = createInstrument("BTC/USDT", { venue: "BINANCE", lot: "0.0001" });

it("why the venue is asked to cancel an order is safe before the venue can answer; other news may wait", async () => {
  const settings = { strategy: "momentum" } as never;
  const ledger = new MemoryLedger();
  const journal = new SessionJournal(ledger);
  journal.introduce([btc]);
  const plan = planSession(await loadStrategies(settings), {
    ...{ mode: "live", settings, instruments: [btc], tradeFrom: 0, send: () => {} },
  });
  const news: LiveEvent[] = [];
  const session = new Session({
    ...{ core: new SessionEngine(plan, journal), journal, now: () => 1000, onStep: () => {} },
    venue: { take: () => news.splice(0) },
  });
  const safeAfter = (event: LiveEvent) => {
    news.push(event);
    session.settle();
    return ledger.committedSeq;
  };
  const before = safeAfter({ kind: "booked", symbol: "BTC/USDT", trade: "1", time: 900 });
  expect(safeAfter({ kind: "booked", symbol: "BTC/USDT", trade: "2", time: 910 })).toBe(before);
  const after = safeAfter({ kind: "cancelling", number: 1, reason: "cancelled:for-stop" });
  // The instrument, and the three steps.
  expect([before, after]).toEqual([0, 4]);
});
