import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Instrument } from "../../../src/domain/instrument.ts";
import { backtest } from "../../../src/run/backtest.ts";
import { openFeeds } from "../../../src/run/feeds.ts";
import type { BacktestOptions } from "../../../src/run/options.ts";
import { entryKinds, type Ledger, MemoryLedger } from "../../../src/run/session/ledger.ts";
import { loadStrategies, planSession } from "../../../src/run/session/plan.ts";
import { play } from "../../../src/run/session/play.ts";
import { instrumentsIn, ReplayJournal, replay } from "../../../src/run/session/replay.ts";
import { Session } from "../../../src/run/session/session.ts";
import { SessionEngine } from "../../../src/run/session/sessionEngine.ts";
import { SessionJournal } from "../../../src/run/session/sessionJournal.ts";

const cases: readonly [string, BacktestOptions][] = [
  ["sma-cross", { files: ["data/SP500_1d.csv"], strategy: "sma-cross" }],
  ["momentum at a lag", { files: ["data/BTCUSDT_1m_synthetic.csv"], strategy: "momentum", seed: 7 }],
  [
    "brackets, with latency and partial fills",
    {
      files: ["data/BTCUSDT_1m_synthetic.csv"],
      strategy: "examples/strategies/breakout.ts",
      account: "margin",
      volumeUnit: "base",
    },
  ],
];

describe.each(cases)("a paper session that plays a file: %s", (_, options) => {
  it("decides what the backtest decides, byte for byte, and so does its replay", async () => {
    const { document } = await backtest(options);
    const { ledger } = await playFile(options);
    expect(document.run.fills).toBeGreaterThan(5);
    expect(decisionsSha256(ledger)).toBe(document.run.decisionsSha256);

    const { result, engine } = await replayOf(ledger, options);
    expect(result.divergence).toBeNull();
    expect(result.unrecorded).toHaveLength(0);
    expect(engine.fills).toBe(document.run.fills);
  });
});

it("a replay with one constant changed names the first decision that differs", async () => {
  const options: BacktestOptions = { files: ["data/SP500_1d.csv"], strategy: "sma-cross" };
  const { ledger } = await playFile(options);
  const { result } = await replayOf(ledger, { ...options, params: { fast: 11 } });
  expect(result.divergence).toMatchObject({
    seq: expect.any(Number),
    recorded: expect.stringMatching(/^\["order",2,/),
  });
});

async function planOf(settings: BacktestOptions, instruments: readonly Instrument[]) {
  const tradeFrom = Number.NEGATIVE_INFINITY;
  return planSession(await loadStrategies(settings), { mode: "paper", settings, instruments, tradeFrom });
}

async function replayOf(ledger: Ledger, options: BacktestOptions) {
  const instruments = instrumentsIn(ledger);
  const journal = new ReplayJournal();
  const engine = new SessionEngine(await planOf(options, instruments), journal);
  return { result: replay(ledger, instruments, engine, journal), engine };
}

async function playFile(options: BacktestOptions) {
  const feeds = await openFeeds(options, 0, []);
  const instruments = feeds.files.flatMap((file) => file.instruments);
  const ledger = new MemoryLedger();
  const journal = new SessionJournal(ledger);
  journal.introduce(instruments);
  const core = new SessionEngine(await planOf(options, instruments), journal);
  let time = Number.NEGATIVE_INFINITY;
  const session = new Session({ core, journal, venue: null, now: () => time, onStep: () => {} });
  await play(session, {
    streams: feeds.streams(),
    speed: Number.POSITIVE_INFINITY,
    wait: () => Promise.reject(new Error("nothing to wait for")),
    clock: () => 0,
    signal: new AbortController().signal,
    after: Number.NEGATIVE_INFINITY,
    onTime: (now) => {
      time = now;
    },
    isEnough: () => false,
  });
  session.ask({ kind: "finish", atEnd: "mark" });
  session.settle();
  session.flush();
  return { ledger, core };
}

function decisionsSha256(ledger: MemoryLedger): string {
  const hash = createHash("sha256");
  for (const block of ledger.entries()) {
    for (const { kind, payload } of block) if (kind === entryKinds.decisions) hash.update(payload);
  }
  return hash.digest("hex");
}
