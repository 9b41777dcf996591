import { readConfigFile } from "../config/configFile.ts";
import { describeSettings } from "../config/describe.ts";
import { type ResolvedSettings, resolveSettings } from "../config/resolve.ts";
import type { Threads } from "../data/csvThread.ts";
import { ValidationError } from "../domain/errors.ts";
import { type Assertion, parseAssertion } from "../report/assertions.ts";
import type { BacktestDocument } from "../report/document.ts";
import { jsonLines } from "../report/json.ts";
import type { BacktestOptions } from "../run/options.ts";
import { checked, noteFailures } from "./assertions.ts";
import { logLine } from "./logLine.ts";
import { startProgress } from "./progress.ts";
import { runOptionsOf } from "./runOptions.ts";
import type { Session } from "./session.ts";

export interface BacktestRequest {
  readonly files: readonly string[];
  readonly flags: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly config: string | undefined;
  readonly json: boolean;
  readonly printConfig: boolean;
}

/** From flags to report. @param threads those of the files, which stay their caller's. @throws GeoSyncError */
export async function runBacktest(
  request: BacktestRequest,
  threads: Threads,
  session: Session,
): Promise<void> {
  const { flags, json } = request;
  const { cwd, env } = session;
  const file = readConfigFile(request.config ?? (env.GEOSYNC_CONFIG || undefined), cwd);
  const settings = resolveSettings({ flags, env, file });
  const assertions = settings.assert.map(({ value, at }) => parseAssertion(value, at));
  if (request.printConfig) return printConfig(settings, json, session);
  refuseNoFiles(request.files);
  const options = { ...runOptionsOf(settings, cwd), files: request.files };
  const document = await run({ options, settings, assertions, threads, json }, session);
  if (json) await session.print(jsonLines(document));
  else {
    const { renderBacktest } = await import("../report/table.ts");
    await session.print([renderBacktest(document, session)]);
  }
  noteFailures(document.assertions, session);
}

function refuseNoFiles(files: readonly string[]): void {
  if (files.length > 0) return;
  throw new ValidationError("GEO-USAGE", "backtest: expected at least one data file, found none", {
    hint: "For example: geosync backtest prices.csv --strategy sma-cross.",
  });
}

interface Planned {
  readonly options: BacktestOptions;
  readonly settings: ResolvedSettings;
  readonly assertions: readonly Assertion[];
  readonly threads: Threads;
  readonly json: boolean;
}

/** Runs and writes the files that were asked for, so that a report is printed only when all of it worked. */
async function run(
  { options, settings, assertions, threads, json }: Planned,
  session: Session,
): Promise<BacktestDocument> {
  const { trades, out } = settings.single;
  const files = await import("../report/out.ts");
  if (trades !== undefined) files.checkTradesFile(trades.value);
  if (out !== undefined) files.prepareOutFolder(out.value);
  const progress = startProgress(session);
  const { backtest } = await import("../run/backtest.ts");
  // Needed at the end; loaded while the first rows are awaited.
  if (!json) void import("../report/table.ts");
  const watched = {
    ...options,
    signal: session.signal,
    onProgress: progress.update,
    onLog: (time, message, fields) => progress.log(logLine(time, message, fields)),
  } satisfies BacktestOptions;
  const outcome = await backtest(watched, threads).finally(progress.stop);
  const document = checked(outcome.document, assertions);
  if (trades !== undefined) files.writeTrades(trades.value, document.trades);
  if (out !== undefined) files.writeFolder(out.value, document, outcome.details!);
  return document;
}

async function printConfig(settings: ResolvedSettings, json: boolean, session: Session): Promise<void> {
  const lines = describeSettings(settings);
  if (json) return session.print(jsonLines({ schema: "geosync.config/1", settings: lines }));
  const shown = lines.map(({ name, value, from }) => [name, value ?? "not set", from ?? ""]);
  const { columns } = await import("./columns.ts");
  await session.print([columns(["setting", "value", "from"], shown, session)]);
}
