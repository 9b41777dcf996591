/**
 * A session of many ticks that was killed: how long until it can go on, with a checkpoint and without, and how fast
 * `geosync replay` goes through it: `node bench/recovery.js [--quick]`.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { figure, repeat, root, short, spread } from "./figure.js";
import { feed, instrumentOf, modules, runSession } from "./sessionWorld.js";

/** Ticks a second in the session's own time. */
const perSecond = 500;
const strategy = `${root}bench/strategies/tick-turns.ts`;
const name = "long";

figure(import.meta.url, {
  async measure({ what, stateDir, ticks, checkpointEvery }) {
    const parts = await modules();
    const instrument = instrumentOf(parts);
    if (what === "replay") return await replayed(parts, stateDir, ticks);
    let time = Number.NEGATIVE_INFINITY;
    let recoveredMs = 0;
    const [before, cpu] = [performance.now(), process.cpuUsage()];
    let cpuMs = 0;
    await runSession(parts, {
      ...{ stateDir, name, strategy, instrument },
      now: () => time,
      runner: { checkpointEvery, onEvent: () => {} },
      async run(session, [known], { after }) {
        recoveredMs = performance.now() - before;
        const { user, system } = process.cpuUsage(cpu);
        cpuMs = (user + system) / 1000;
        if (what !== "write") {
          if (after < 0) throw new Error("expected a session that goes on, found a new one");
          return;
        }
        const onTime = (now) => {
          time = now;
        };
        feed(session, known, { from: 0, to: ticks, apartMs: 1000 / perSecond, onTime });
        session.flush();
        // As a kill leaves it: no orderly end, and no last checkpoint.
        throw new Killed();
      },
    }).catch((error) => {
      if (!(error instanceof Killed)) throw error;
    });
    return { ms: recoveredMs, cpuMs };
  },
  async report({ quick, fresh }) {
    const ticks = quick ? 30_000 : 1_000_000;
    mkdirSync(`${root}bench/.cache`, { recursive: true });
    const stateDirs = ["with", "without"].map(() => mkdtempSync(`${root}bench/.cache/recovery-`));
    const [withOne, without] = stateDirs;
    try {
      const rounds = quick ? 1 : 3;
      // The last checkpoint lies up to 20,000 steps back, as in a session that was killed just before the next.
      await fresh({ what: "write", stateDir: withOne, ticks: ticks + 19_000 });
      await fresh({ what: "write", stateDir: without, ticks, checkpointEvery: 10 * ticks });
      const replays = await repeat(rounds, () => fresh({ what: "replay", stateDir: without, ticks }));
      const recoveries = await repeat(rounds, () => fresh({ what: "recover", stateDir: withOne, ticks }));
      const slow = await repeat(rounds, () =>
        fresh({ what: "recover", stateDir: without, ticks, checkpointEvery: 10 * ticks }),
      );
      return figures({ ticks, recoveries, slow, replays });
    } finally {
      for (const stateDir of stateDirs) rmSync(stateDir, { recursive: true });
    }
  },
});

class Killed extends Error {}

async function replayed({ replaySession }, stateDir, ticks) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { identical, events, steps, durationMs, timesRealTime } = await replaySession({
    stateDir,
    name,
    settings: {},
  });
  const wholeMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  if (!identical || events !== ticks || steps !== ticks)
    throw new Error(
      `expected ${ticks} events with the same decisions, found ${events}, identical: ${identical}`,
    );
  return { ms: durationMs, wholeMs, cpuMs: (user + system) / 1000, timesRealTime };
}

function figures({ ticks, recoveries, slow, replays }) {
  const recoveryMs = spread(recoveries.map(({ ms }) => ms));
  const recoveryCpuMs = spread(recoveries.map(({ cpuMs }) => cpuMs));
  const withoutCheckpointMs = spread(slow.map(({ ms }) => ms));
  const replayMs = spread(replays.map(({ ms }) => ms));
  const replayCpuMs = spread(replays.map(({ cpuMs }) => cpuMs));
  const timesRealTime = spread(replays.map((one) => one.timesRealTime));
  const speed = (ticks / replayMs.median) * 1000;
  return {
    lines: [
      {
        work: `recovery of a session of ${short(ticks)} ticks from its checkpoint`,
        target: "5 s",
        measured: `${(recoveryMs.median / 1000).toFixed(2)} s`,
        against: `${(withoutCheckpointMs.median / 1000).toFixed(2)} s through the whole journal; ${recoveryCpuMs.median.toFixed(0)} ms CPU`,
        met: recoveryMs.median < 5000,
      },
      {
        work: `\`geosync replay\` of ${short(ticks)} ticks, every decision compared`,
        target: "500,000 events/s, 100 × real time",
        measured: `${short(speed)} events/s, ${short(timesRealTime.median)} × real time`,
        against: `ticks with sides and ids at ${perSecond} a second, ${replayCpuMs.median.toFixed(0)} ms CPU`,
        met: speed >= 500_000 && timesRealTime.median >= 100,
      },
    ],
    results: [
      { ticks, recoveryMs, recoveryCpuMs, withoutCheckpointMs, replayMs, replayCpuMs, timesRealTime },
    ],
  };
}
