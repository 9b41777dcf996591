import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { badValue } from "../config/values.ts";
import { exitCodes } from "../domain/errors.ts";
import { type Schedule, scheduleOf, sweepOf } from "../run/chaos/schedule.ts";
import { runTrial, type Trial } from "../run/chaos/trial.ts";
import { killPoints } from "../run/session/killPoint.ts";
import type { ChaosFlags } from "./chaos.ts";
import { countOf } from "./liveValues.ts";
import type { Session } from "./session.ts";

/** Of the package, where its users have it, too. */
const restless = fileURLToPath(new URL("../../examples/strategies/restless.ts", import.meta.url));

/** @throws GeoSyncError; ends with 3 when a promise was broken */
export async function runChaos(flags: ChaosFlags, session: Session): Promise<void> {
  const seeds = countOf(flags.seeds, "--seeds");
  const first = countOf(flags.seed, "--seed");
  const rounds = countOf(flags.rounds, "--rounds");
  const trader = tradingFlags(flags, session.cwd);
  const symbol = flags.symbol ?? "BTC/USDT";
  const market = marketOf(symbol);
  let broken = 0;
  const plans =
    flags.sweep === undefined
      ? seedPlans(first, seeds, rounds)
      : killPoints.map((point) => ({
          schedule: sweepOf(point, countOf(flags.sweep!, "--sweep")),
          again: `--sweep ${flags.sweep}`,
        }));
  for (const { schedule, again: planned } of plans) {
    if (session.signal.aborted) break;
    const folder = mkdtempSync(join(tmpdir(), `geosync-chaos-${schedule.seed}-`));
    const trial = await runTrial({
      command: [process.execPath, process.argv[1]!],
      folder,
      schedule,
      symbols: [market],
      flags: ["--symbol", symbol, ...trader],
    });
    const again = `geosync chaos ${againFlags(flags)}${planned}`;
    const isFine = trial.violations.length === 0;
    if (isFine) rmSync(folder, { recursive: true });
    else broken++;
    const facts = isFine ? {} : { again, folder };
    await session.print([
      flags.json === true ? `${JSON.stringify({ ...trial, ...facts })}\n` : textOf(trial, again, folder),
    ]);
  }
  if (flags.json !== true) await session.print([summary(plans.length, broken)]);
  if (broken > 0) session.exitCode = exitCodes["GEO-ASSERTION-FAILED"];
}

interface Plan {
  readonly schedule: Schedule;
  /** The flags that plan it again. */
  readonly again: string;
}

function seedPlans(first: number, seeds: number, rounds: number): readonly Plan[] {
  return Array.from({ length: seeds }, (_, i) => ({
    schedule: scheduleOf(first + i, rounds),
    again: `--seed ${first + i} --seeds 1 --rounds ${rounds}`,
  }));
}

function tradingFlags(
  { strategy, param = [], timeframe, feeds }: ChaosFlags,
  cwd: string,
): readonly string[] {
  const isPath = strategy !== undefined && /[./\\]/.test(strategy);
  // Sessions run in a folder of their own.
  const path = isPath && !isAbsolute(strategy) ? resolve(cwd, strategy) : strategy;
  return [
    ...["--strategy", path ?? restless, "--timeframe", timeframe, "--feeds", feeds],
    ...param.flatMap((one) => ["--param", one]),
  ];
}

/** Names and prices that the local exchange knows by itself, in all but the last case. */
function marketOf(symbol: string): string {
  const [, base, quote] = /^([A-Z0-9]+)\/([A-Z0-9]+)$/.exec(symbol) ?? [];
  if (base === undefined) throw badValue("--symbol", "a name such as BTC/USDT", symbol);
  return `${base}${quote}`;
}

function againFlags({ strategy, param = [], symbol, timeframe, feeds }: ChaosFlags): string {
  const given = [
    ...(strategy === undefined ? [] : ["--strategy", strategy]),
    ...param.flatMap((one) => ["--param", one]),
    ...(symbol === undefined ? [] : ["--symbol", symbol]),
    ...(timeframe === "1s" ? [] : ["--timeframe", timeframe]),
    ...(feeds === "candles,trades" ? [] : ["--feeds", feeds]),
  ];
  return given.map((text) => `${text} `).join("");
}

function textOf(
  { seed, starts, kills, orders, fills, violations }: Trial,
  again: string,
  folder: string,
): string {
  const what = `${starts} starts, ${kills} killed, ${orders} orders, ${fills} fills`;
  if (violations.length === 0) return ` seed ${seed}: ${what}: nothing lost, nothing done twice\n`;
  return [
    ` seed ${seed}: ${what}: BROKEN`,
    ...violations.map(({ kind, message }) => `   ${kind}: ${message}`),
    `   again: ${again}`,
    `   journal: ${folder}`,
    "",
  ].join("\n");
}

function summary(seeds: number, broken: number): string {
  return broken === 0
    ? ` ${seeds} sessions, every promise kept\n`
    : ` ${broken} of ${seeds} sessions BROKEN\n`;
}
