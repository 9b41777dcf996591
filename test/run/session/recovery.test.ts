import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { openFeeds } from "../../../src/run/feeds.ts";
import type { BacktestOptions } from "../../../src/run/options.ts";
import { Checkpointer } from "../../../src/run/session/checkpointer.ts";
import { withInstruments } from "../../../src/run/session/intake.ts";
import {
  entryKinds,
  type Ledger,
  MemoryLedger,
  type PictureLedger,
} from "../../../src/run/session/ledger.ts";
import { livePaperFile } from "../../../src/run/session/live.ts";
import { loadStrategies } from "../../../src/run/session/plan.ts";
import { type Recovered, recover } from "../../../src/run/session/recover.ts";
import { replaySession } from "../../../src/run/session/replaySession.ts";
import { Session } from "../../../src/run/session/session.ts";
import { sessionFolder } from "../../../src/store/sessionFolder.ts";
import { SessionStore } from "../../../src/store/sessionStore.ts";
import { Sqlite } from "../../../src/store/sqlite.ts";
import { momentsOf } from "../../support/tradingSession.ts";

type Moments = Awaited<ReturnType<typeof momentsOf>>;

/** A session over a file's first moments, which can be killed between any two of them. */
interface World {
  readonly options: BacktestOptions;
  readonly momentsFor: (known: World["instruments"]) => Promise<Moments>;
  readonly instruments: Parameters<typeof recover>[0]["intake"]["instruments"];
}

const bars = 400;

async function worldOf(options: BacktestOptions): Promise<World> {
  const feeds = await openFeeds(options, 0, []);
  const instruments = feeds.files.flatMap((file) => file.instruments);
  const momentsFor = async (known: World["instruments"]) => {
    const again = await openFeeds(options, 0, []);
    return (await momentsOf(again.streams().map((stream) => withInstruments(stream, known)))).slice(0, bars);
  };
  return { options, instruments, momentsFor };
}

interface Started {
  readonly recovered: Recovered;
  /** Checkpoints that could not be used. */
  readonly unused: readonly string[];
  readonly none: readonly string[];
}

/** One process: recovers what there is, and goes on for so many moments. */
async function start(
  { options, instruments, momentsFor }: World,
  store: PictureLedger,
  { count, every }: { readonly count: number; readonly every: number },
): Promise<Started> {
  const ensemble = await loadStrategies(options);
  const unused: string[] = [];
  const none: string[] = [];
  const recovered = recover({
    store,
    ensemble,
    manifest: {
      ...{ mode: "paper", venue: "file", symbols: [], settings: options, ticksArePrices: false },
      tradeFrom: Number.NEGATIVE_INFINITY,
    },
    intake: { instruments },
    send: () => {},
    told: () => {},
    onUnused: (because) => unused.push(because),
  });
  const { core, journal } = recovered;
  const onNone = (because: string) => void none.push(because);
  const checkpoints = new Checkpointer({
    ...{ store, core, journal, ensemble, every, onNone },
    ...{ instruments: recovered.instruments, from: recovered },
  });
  let time = recovered.lastTime;
  const session = new Session({
    ...{ core, journal, venue: null, now: () => time },
    onStep: (step) => checkpoints.after(step),
  });
  const rest = (await momentsFor(recovered.instruments)).filter((moment) => moment.time > time);
  for (const moment of rest.slice(0, count)) {
    time = moment.time;
    session.market(moment.time, moment.events);
  }
  if (rest.length <= count) session.flush();
  return { recovered, unused, none };
}

/** What a kill leaves: what was committed. */
function survivor(killed: PictureLedger): MemoryLedger {
  const left = new MemoryLedger();
  for (const block of killed.entries())
    for (const { kind, time, payload } of block) left.append(kind, time, payload);
  left.commit();
  const picture = killed.latestCheckpoint();
  if (picture !== undefined) left.checkpoint(picture.seq, picture.time, picture.state);
  return left;
}

/** The steps as they are, the decisions in one piece: a restart may commit them in other portions. */
function contents(ledger: Ledger) {
  const steps: string[] = [];
  let decisions = "";
  for (const block of ledger.entries()) {
    for (const { kind, time, payload } of block) {
      const text = Buffer.from(payload).toString("latin1");
      if (kind === entryKinds.decisions) decisions += text;
      else steps.push(`${kind} ${time} ${text}`);
    }
  }
  return { steps, decisions };
}

const never = Number.POSITIVE_INFINITY;
const file = "data/BTCUSDT_1m_synthetic.csv";
const worlds: readonly [string, BacktestOptions][] = [
  ["momentum", { files: [file], strategy: "momentum", params: { lookback: 5 } }],
  ["sma-cross", { files: [file], strategy: "sma-cross", params: { fast: 3, slow: 7 } }],
  ["buy-and-hold", { files: [file], strategy: "buy-and-hold" }],
  [
    "momentum with latency, tiers of fees and limits",
    {
      files: [file],
      strategy: "momentum",
      ...{ params: { lookback: 3, allowShort: true }, account: "margin", volumeUnit: "base" },
    },
  ],
];

describe.each(worlds)("a session of %s that is killed again and again", (_, options) => {
  it("has the journal and the decisions of one that never was, with checkpoints and without", async () => {
    const world = await worldOf(options);
    const whole = new MemoryLedger();
    await start(world, whole, { count: never, every: never });
    const expected = contents(whole);
    expect(expected.decisions.length).toBeGreaterThan(50);
    const kills = fc.array(fc.integer({ min: 1, max: bars }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(kills, fc.constantFrom(1, 7, 50, never), async (counts, every) => {
        let ledger = new MemoryLedger();
        for (const count of [...counts, never]) {
          const { unused } = await start(world, ledger, { count, every });
          expect(unused).toEqual([]);
          if (count !== never) ledger = survivor(ledger);
        }
        expect(contents(ledger)).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });
});

describe("a session on the disk", () => {
  const stateDir = mkdtempSync(join(tmpdir(), "geosync-recovery-"));
  afterAll(() => rmSync(stateDir, { recursive: true }));
  const options: BacktestOptions = { files: [file], strategy: "momentum", params: { lookback: 5 } };

  async function opened(name: string) {
    const strategy = { name: "momentum", sha256: "0".repeat(64), params: {} };
    const create = { mode: "paper", venue: "file", symbols: [], strategy, config: {}, seed: 1 } as const;
    return await SessionStore.open({ stateDir, name, version: "0", create });
  }

  /** Starts it on what there is; a kill drops what was not committed. */
  async function run(world: World, name: string, count: number, every = 50) {
    const store = await opened(name);
    try {
      const readFrom: number[] = [];
      const entries = (from = 1) => {
        readFrom.push(from);
        return store.entries(from);
      };
      const ledger: PictureLedger = {
        entries,
        append: (kind, time, payload) => store.append(kind, time, payload),
        commit: () => store.commit(),
        commitSoon: () => store.commitSoon(),
        checkpoint: (seq, time, state) => store.checkpoint(seq, time, state),
        latestCheckpoint: () => store.latestCheckpoint(),
        get committedSeq() {
          return store.committedSeq;
        },
      };
      const started = await start(world, ledger, { count, every });
      return { ...started, readFrom: readFrom.at(-1)!, contents: contents(store) };
    } finally {
      store.close();
    }
  }

  it("goes on from its latest checkpoint, and reads no entry before it", async () => {
    const world = await worldOf(options);
    const whole = await run(world, "whole", never, never);
    await run(world, "killed", 130);
    const { recovered, readFrom, contents, unused } = await run(world, "killed", never);
    expect(unused).toEqual([]);
    expect(readFrom).toBeGreaterThan(50);
    expect(recovered.steps).toBeGreaterThan(100);
    expect(contents).toEqual(whole.contents);
  });

  it.each([
    [
      "whose bytes were changed",
      "UPDATE checkpoint SET state = x'00'",
      /as it was written, found other bytes/,
    ],
    ["of another geosync", null, /expected .*"version".*found .*"version":"other"/],
  ])("goes through all of its journal for a checkpoint %s, and says so", async (which, sql, why) => {
    const world = await worldOf(options);
    const name = which.replaceAll(" ", "-");
    await run(world, name, 130);
    if (sql === null) {
      const store = await opened(name);
      const last = store.latestCheckpoint()!;
      const text = Buffer.from(last.state)
        .toString()
        .replace(/"version":"[^"]+"/, '"version":"other"');
      store.checkpoint(last.seq, last.time, Buffer.from(text));
      store.close();
    } else {
      const database = await Sqlite.open(sessionFolder(stateDir, name).journal);
      database.exec(sql);
      database.close();
    }
    const { recovered, readFrom, unused, contents } = await run(world, name, never, never);
    expect(unused).toEqual([expect.stringMatching(why)]);
    expect(readFrom).toBe(1);
    expect(recovered.steps).toBeGreaterThan(100);
    expect(contents).toEqual((await run(world, `${name}-whole`, never, never)).contents);
  });

  it("does without when its strategy has no save, and says so once", async () => {
    const world = await worldOf({ files: [file], strategy: "examples/strategies/breakout.ts" });
    const { none } = await run(world, "without", never);
    expect(none).toEqual([expect.stringContaining("has no save()")]);
    const store = await opened("without");
    expect(store.latestCheckpoint()).toBeUndefined();
    store.close();
  });
});

describe("a replay of a session that was resumed", () => {
  const stateDir = mkdtempSync(join(tmpdir(), "geosync-replayed-"));
  afterAll(() => rmSync(stateDir, { recursive: true }));

  const play = (strategy: string, name: string, untilBars: number) =>
    livePaperFile({
      ...{ settings: { strategy }, files: [file], speed: Number.POSITIVE_INFINITY, stateDir, name },
      ...{ onExit: "keep", untilBars, signal: new AbortController().signal, onEvent: () => {} },
    });

  it.each(["momentum", "buy-and-hold"])(
    "finds in the checkpoint of %s what its journal leads to",
    async (name) => {
      await play(name, name, 200);
      await play(name, name, 100);
      const { identical, steps, checkpoint } = await replaySession({ stateDir, name, settings: {} });
      expect({ identical, steps }).toEqual({ identical: true, steps: 300 });
      expect(checkpoint).toEqual({ entry: expect.any(Number), same: true });
    },
  );

  it("tells of a strategy that saves something else each time it comes to the same", async () => {
    const strategy = join(stateDir, "forgetful.ts");
    writeFileSync(
      strategy,
      `import { defineStrategy } from "geosync";
      export default defineStrategy({
        name: "forgetful",
        create: (_, ctx, saved) => {
          let bars = 0;
          return { onBar() { bars++; }, save: () => bars };
        },
      });`,
    );
    await play(strategy, "forgetful", 200);
    await play(strategy, "forgetful", 100);
    const { identical, checkpoint } = await replaySession({ stateDir, name: "forgetful", settings: {} });
    expect(identical).toBe(true);
    expect(checkpoint?.same).toBe(false);
  });
});
