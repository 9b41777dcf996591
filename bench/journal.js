/** The journal of a session: what a commit takes, and how fast it is read: `node bench/journal.js [--quick]`. */
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { figure, repeat, root, short, spread } from "./figure.js";

const perSecond = 500;
const payloadBytes = 100;
/** What a tick and the decision it led to come to. */
const entriesPerCommit = 3;

figure(import.meta.url, {
  async measure({ what, stateDir, name, size }) {
    const { SessionStore } = await import("../dist/store/sessionStore.js");
    const store = await SessionStore.open({ stateDir, name, version: "0", create: header });
    const result = await { commit: commitLatencies, write, read }[what](store, size);
    store.close("done");
    return { ...result, bytes: statSync(store.folder.journal).size };
  },
  async report({ quick, fresh }) {
    // Beside the sources: where temporary files lie may be no disk.
    mkdirSync(`${root}bench/.cache`, { recursive: true });
    const stateDir = mkdtempSync(`${root}bench/.cache/sessions-`);
    try {
      return await measureAll({ quick, fresh, stateDir });
    } finally {
      rmSync(stateDir, { recursive: true });
    }
  },
});

const header = {
  mode: "paper",
  venue: "bench",
  symbols: ["BTC/USDT"],
  strategy: { name: "none", sha256: "0".repeat(64), params: {} },
  config: {},
  seed: 1,
};

async function measureAll({ quick, fresh, stateDir }) {
  const commits = quick ? 100 : 5_000;
  const entries = quick ? 5_000 : 1_000_000;
  let runs = 0;
  const latencies = await repeat(quick ? 1 : 3, () =>
    fresh({ what: "commit", stateDir, name: `commit-${runs++}`, size: commits }),
  );
  const { bytes } = await fresh({ what: "write", stateDir, name: "read", size: entries });
  const reads = await repeat(quick ? 1 : 5, () =>
    fresh({ what: "read", stateDir, name: "read", size: entries }),
  );
  const commitMs = spread(latencies.map(({ p50 }) => p50));
  const commitP99Ms = spread(latencies.map(({ p99 }) => p99));
  const readMs = spread(reads.map(({ ms }) => ms));
  const speed = (entries / readMs.median) * 1000;
  const perEntry = bytes / entries;
  return {
    lines: [
      {
        work: `commit of ${entriesPerCommit} journal entries, on the disk, ${perSecond} a second`,
        target: "median under 2 ms, p99 under 8 ms",
        measured: `median ${commitMs.median.toFixed(2)} ms, p99 ${commitP99Ms.median.toFixed(2)} ms`,
        against: `${payloadBytes} bytes each, ${short(commits)} commits, ${latencies.length} processes`,
        met: commitMs.median < 2 && commitP99Ms.median < 8,
      },
      {
        work: `reading ${short(entries)} journal entries, digests checked`,
        target: "1 M/s",
        measured: `${short(speed)} entries/s: ${(readMs.median / 1000).toFixed(2)} s`,
        against: `${perEntry.toFixed(1)} bytes on the disk each, ${payloadBytes} of them payload`,
        met: speed >= 1_000_000,
      },
    ],
    results: [
      {
        commits,
        entries,
        bytes,
        commitMs,
        commitP99Ms,
        worstCommitMs: spread(latencies.map(({ max }) => max)),
        readMs,
      },
    ],
  };
}

/** At a steady pace: a commit that takes long makes the next ones late, not fewer. */
async function commitLatencies(store, commits) {
  const payload = new Uint8Array(payloadBytes).fill(65);
  const ms = [];
  const start = performance.now();
  for (let i = 0; i < commits; i++) {
    const due = start + (i * 1000) / perSecond;
    if (performance.now() < due) await sleep(due - performance.now());
    const before = performance.now();
    for (let k = 0; k < entriesPerCommit; k++) store.append(k, i * 2, payload);
    store.commit();
    ms.push(performance.now() - before);
  }
  ms.sort((a, b) => a - b);
  return { p50: ms[commits >> 1], p99: ms[Math.floor(commits * 0.99)], max: ms.at(-1) };
}

function write(store, entries) {
  const payload = new Uint8Array(payloadBytes).fill(65);
  for (let i = 1; i <= entries; i++) {
    payload[i % payloadBytes] = i;
    store.append(i % 5, i * 2, payload);
    // About what fills a block, so that its layout is that of many small commits.
    if (i % 36 === 0 || i === entries) store.commit();
  }
}

function read(store, entries) {
  const start = performance.now();
  let count = 0;
  let sum = 0;
  for (const chunk of store.entries()) {
    for (const { payload, time } of chunk) {
      sum += payload[0] + time;
      count++;
    }
  }
  const ms = performance.now() - start;
  if (count !== entries || sum === 0) throw new Error(`expected ${entries} entries, found ${count}`);
  return { ms };
}
