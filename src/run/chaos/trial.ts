import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { killVariable } from "../session/killPoint.ts";
import { Child, type ChildEnd } from "./child.ts";
import { ChaosExchange } from "./exchange.ts";
import { journalTruth } from "./journalTruth.ts";
import type { Blow, Schedule, Start, StartEnd } from "./schedule.ts";
import { type Violation, verify } from "./verify.ts";

export interface TrialOptions {
  /** What starts geosync: `node bin/geosync.js`. */
  readonly command: readonly string[];
  /** A folder of its own, that need not be there. */
  readonly folder: string;
  readonly schedule: Schedule;
  /** Names as the local exchange has them, each with its price: `BTCUSDT=60000`. */
  readonly symbols: readonly string[];
  /** Of `geosync live`: strategy, parameters, symbols, timeframe. */
  readonly flags: readonly string[];
}

export interface Trial {
  readonly seed: number;
  readonly starts: number;
  /** Starts that were killed. */
  readonly kills: number;
  readonly orders: number;
  readonly fills: number;
  readonly violations: readonly Violation[];
}

const session = "chaos";
/** How long a session may take to stop in order (twice what its exit waits, and some), and to settle before that. */
const stopMs = 60_000;
const settleMs = 3000;
/** How long it may take to settle with an exchange that fails it. */
const beginMs = 30_000;

/** One session through all that its schedule has for it, and what is true afterwards. */
export async function runTrial(options: TrialOptions): Promise<Trial> {
  const { schedule, folder } = options;
  mkdirSync(folder, { recursive: true });
  const { command, symbols } = options;
  const { seed, liquidity } = schedule;
  const exchange = new ChaosExchange({ command, folder, seed, symbols, liquidity });
  await exchange.start();
  const ends: Violation[] = [];
  let kills = 0;
  try {
    for (const start of schedule.starts) {
      const { end, wasAsked } = await live(options, exchange, start);
      if (end.signal === "SIGKILL") kills++;
      const isLast = start === schedule.starts.at(-1);
      const wasKilled = end.signal === "SIGKILL" && start.end.kind !== "stop";
      const inOrder = wasAsked && (end.code === 143 || end.code === 0);
      if (!wasKilled && !inOrder) {
        const which = isLast ? "the last start" : "a start";
        ends.push({ kind: "ended", message: `${which} ended with ${end.code ?? end.signal}: ${end.said}` });
      }
    }
    await exchange.heal();
    const stateDir = join(folder, "sessions");
    if (!existsSync(join(stateDir, session))) {
      return { seed, starts: schedule.starts.length, kills, orders: 0, fills: 0, violations: ends };
    }
    const journal = await journalTruth(stateDir, session);
    const venue = await exchange.truth();
    const violations = [...ends, ...verify(journal, venue)];
    const { length: fills } = journal.fills;
    return { seed, starts: schedule.starts.length, kills, orders: venue.orders.length, fills, violations };
  } finally {
    await exchange.close();
  }
}

type Line = { readonly event?: string; readonly kind?: unknown };

function isBeginning({ event, kind }: Line, { from }: Start): boolean {
  return from === "started" ? event === "started" : event === "status" && kind === "connected";
}

interface LiveEnd {
  readonly end: ChildEnd;
  /** To stop, by us. */
  readonly wasAsked: boolean;
}

async function live(options: TrialOptions, exchange: ChaosExchange, start: Start): Promise<LiveEnd> {
  const { command, folder, flags, schedule } = options;
  const { end, faults, blows } = start;
  await exchange.arm(faults);
  let begun = () => {};
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const child = new Child([...command, "live", ...sessionFlags(exchange, end), ...flags], {
    cwd: folder,
    env: { ...process.env, ...killAt(end) },
    onLine: (line) => {
      if (isBeginning(line, start)) begun();
      appendFileSync(join(folder, "events.ndjson"), `${JSON.stringify(line)}\n`);
    },
  });
  const over = new AbortController();
  void child.ended.then(() => over.abort());
  await Promise.race([hasBegun, child.ended, pause(beginMs, over.signal)]);
  const suffering = sufferAll(exchange, blows, over.signal);
  await pause(end.afterMs, over.signal);
  let wasAsked = false;
  if (end.kind === "stop") {
    await suffering;
    await exchange.heal();
    await pause(settleMs, over.signal);
    if (start === schedule.starts.at(-1) && end.onExit === "keep") await exchange.freeze();
    wasAsked = !over.signal.aborted;
    child.end("SIGTERM");
    await Promise.race([child.ended, pause(stopMs, over.signal)]);
  }
  child.end("SIGKILL");
  const found = await child.ended;
  await suffering;
  return { end: found, wasAsked };
}

function sessionFlags(exchange: ChaosExchange, end: StartEnd): readonly string[] {
  return [
    ...["--venue", "binance", "--testnet", "--venue-url", exchange.url],
    ...["--session", session, "--state-dir", "sessions", "--json"],
    ...["--on-exit", end.kind === "stop" ? end.onExit : "keep"],
  ];
}

function killAt(end: StartEnd): NodeJS.ProcessEnv {
  return end.kind === "kill-at" ? { [killVariable]: `${end.point}:${end.count}` } : {};
}

async function sufferAll(exchange: ChaosExchange, blows: readonly Blow[], over: AbortSignal): Promise<void> {
  for (const blow of blows) {
    await pause(blow.atMs, over);
    await exchange.suffer(blow);
  }
}

async function pause(ms: number, over: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: over }).catch(() => {});
}
