import { readConfigFile } from "../config/configFile.ts";
import { type ResolvedSettings, resolveSettings } from "../config/resolve.ts";
import { exitCodes, ValidationError } from "../domain/errors.ts";
import type { LiveOptions } from "../run/session/live.ts";
import type { SessionOutcome } from "../run/session/runner.ts";
import { resolveStateDir } from "../store/sessionFolder.ts";
import type { FaceFlags } from "./faceFlags.ts";
import { jsonLines, type LiveOutput, plainLines } from "./liveLines.ts";
import { openNotices, withNotices } from "./liveNotify.ts";
import {
  countOf,
  driftRuleOf,
  exitRuleOf,
  feedsOf,
  speedOf,
  stopSignal,
  symbolsOf,
  TimeIsOver,
} from "./liveValues.ts";
import { confirmMoney, refuseUnspelt } from "./realMoney.ts";
import { runOptionsOf } from "./runOptions.ts";
import type { Session } from "./session.ts";
import type { VenueChoice } from "./venueFlags.ts";

export interface LiveFlags extends FaceFlags {
  readonly paper?: boolean;
  readonly live?: boolean;
  readonly symbol?: readonly string[];
  readonly feeds?: string;
  readonly data?: readonly string[];
  readonly speed?: string;
  readonly session?: string;
  readonly resume?: boolean;
  readonly stateDir?: string;
  readonly onExit?: string;
  readonly onDrift?: string;
  readonly untilBars?: string;
  readonly maxRuntime?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly plain?: boolean;
  readonly notify?: readonly string[];
  readonly config?: string;
}

export interface LiveRequest {
  readonly flags: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly own: LiveFlags;
  readonly venue: VenueChoice;
  /** A file that has been played is not the end: the session is there to be watched and steered. */
  readonly staysOpen?: boolean;
}

/** From flags to a session and its report. @throws GeoSyncError */
export async function runLive(request: LiveRequest, session: Session): Promise<void> {
  const { own } = request;
  const { cwd, env } = session;
  const file = readConfigFile(own.config ?? (env.GEOSYNC_CONFIG || undefined), cwd);
  const resolved = resolveSettings({ flags: request.flags, env, file });
  const mode = modeOf(request);
  if (mode === "live") {
    refuseUnspelt(request, resolved);
    await confirmMoney(request, session);
  }
  if (own.resume === true) await refuseMissing(own, session);
  const output = withNotices(
    await outputFor(own, session),
    await openNotices(own.notify ?? file?.notify ?? [], env),
  );
  try {
    const outcome = await outcomeOf(request, resolved, mode, session, output);
    await output.close();
    await report(outcome, own, session);
  } catch (error) {
    output.failed(error);
    throw error;
  } finally {
    await output.close();
    await output.settled();
  }
}

/** @throws GeoSyncError GEO-SESSION when there is nothing to go on with */
async function refuseMissing({ session: name, stateDir }: LiveFlags, { env, cwd }: Session): Promise<void> {
  if (name === undefined) {
    throw new ValidationError("GEO-USAGE", "live --resume: expected --session <name>, found none", {
      hint: "geosync sessions lists them.",
    });
  }
  const { describeSession } = await import("../store/sessions.ts");
  await describeSession(resolveStateDir(stateDir, env, cwd), name);
}

async function outcomeOf(
  request: LiveRequest,
  resolved: ResolvedSettings,
  mode: Mode,
  session: Session,
  output: LiveOutput,
): Promise<SessionOutcome> {
  const shared = await sharedOptions(request, resolved, session, output);
  return request.own.data === undefined
    ? atVenue(request, resolved, mode, shared, session, output)
    : onFiles(request, mode, shared);
}

async function outputFor({ json, plain, onExit }: LiveFlags, session: Session): Promise<LiveOutput> {
  if (json === true) return jsonLines(session);
  const isTerminal = process.stderr.isTTY === true && session.env.TERM !== "dumb";
  if (!isTerminal || plain === true) return plainLines(session);
  const { LiveView } = await import("./liveView.ts");
  return new LiveView(session, exitRuleOf(onExit));
}

/** The document last, and the end that the session came to. */
async function report(
  { document, reason }: SessionOutcome,
  { json }: LiveFlags,
  session: Session,
): Promise<void> {
  if (json === true) await session.print([`${JSON.stringify(document)}\n`]);
  else {
    const { renderSession } = await import("../report/sessionTable.ts");
    await session.print([renderSession(document, session)]);
  }
  if (reason !== null && !(reason instanceof TimeIsOver)) {
    session.note("stopped");
    session.exitCode = reason.exitCode;
  } else if (document.session.halted !== null) {
    session.note(`stopped while trading was halted: ${document.session.halted}`);
    session.exitCode = exitCodes["GEO-HALTED"];
  }
}

type Mode = "paper" | "testnet" | "live";

function modeOf({ own, venue }: LiveRequest): Mode {
  const asked = [own.paper && "paper", venue.testnet && own.paper !== true && "testnet", own.live && "live"];
  const modes = asked.filter((mode): mode is Mode => typeof mode === "string");
  const [mode] = modes;
  if (modes.length === 1 && mode !== undefined) return mode;
  const found = modes.length === 0 ? "none" : modes.map((one) => `--${one}`).join(" and ");
  throw new ValidationError(
    "GEO-USAGE",
    `live: expected one of --paper, --testnet and --live, found ${found}`,
    {
      hint: "geosync live --venue binance --testnet; --paper simulates the orders, --live trades real money.",
    },
  );
}

async function sharedOptions(
  { own, staysOpen = false }: LiveRequest,
  resolved: ResolvedSettings,
  session: Session,
  output: LiveOutput,
): Promise<LiveOptions> {
  const { cwd, env } = session;
  const stateDir = resolveStateDir(own.stateDir, env, cwd);
  const { facesOf } = await import("./faces.ts");
  return {
    settings: runOptionsOf(resolved, cwd, "momentum"),
    stateDir,
    ...{ staysOpen, beside: await facesOf(own, stateDir, session, output) },
    name: own.session ?? null,
    onExit: exitRuleOf(own.onExit),
    untilBars: own.untilBars === undefined ? null : countOf(own.untilBars, "--until-bars"),
    signal: stopSignal(session.signal, own.maxRuntime),
    accountEveryMs: output.accountEveryMs,
    onEvent: (event) => {
      // Before, there is nothing that would have to end in order.
      if (event.event === "started") session.endsInOrder = true;
      output.show(event);
    },
  };
}

async function onFiles(
  { own, venue }: LiveRequest,
  mode: Mode,
  shared: LiveOptions,
): Promise<SessionOutcome> {
  if (mode !== "paper" || venue.venue !== undefined) {
    throw new ValidationError("GEO-USAGE", "--data: expected --paper and no --venue: a file takes no orders");
  }
  const { livePaperFile } = await import("../run/session/live.ts");
  const [symbol] = own.symbol ?? [];
  const settings = { ...shared.settings, ...(symbol !== undefined && { symbol }) };
  return livePaperFile({ ...shared, settings, files: own.data!, speed: speedOf(own.speed) });
}

/** What trades when nothing else is said. */
const usual = { symbol: "BTC/USDT", timeframe: "1m", strategy: "momentum" } as const;

async function atVenue(
  { own, venue: choice }: LiveRequest,
  { single }: ResolvedSettings,
  mode: Mode,
  shared: LiveOptions,
  session: Session,
  output: LiveOutput,
): Promise<SessionOutcome> {
  const { venue, endpoints, apiLog } = choice;
  if (venue === undefined) {
    throw new ValidationError(
      "GEO-USAGE",
      "expected --venue <name>, or --data <file> for paper trading, found neither",
      {
        hint: "geosync live --venue binance --testnet",
      },
    );
  }
  const { credentialsFor } = await import("./liveCredentials.ts");
  const credentials = await credentialsFor(
    { venue, testnet: mode === "testnet", endpoints, isPaper: mode === "paper" },
    session,
  );
  const symbols = symbolsOf(own.symbol ?? [usual.symbol]);
  const timeframe = single.timeframe?.value.label ?? usual.timeframe;
  const strategy = single.strategy?.value ?? usual.strategy;
  output.tell(`${strategy} on ${symbols.join(", ")}, ${timeframe} bars, ${mode} at ${venue}`);
  const log =
    apiLog === undefined ? undefined : await (await import("../connectivity/apiLog.ts")).openApiLog(apiLog);
  const { liveVenue } = await import("../run/session/live.ts");
  try {
    return await liveVenue({
      ...shared,
      ...{ mode, venue, symbols, timeframe, endpoints, credentials, log },
      channels: feedsOf(own.feeds ?? (mode === "paper" ? "candles,trades" : "candles")),
      onDrift: driftRuleOf(own.onDrift),
      cashOfVenue: mode !== "paper" && single.cash?.origin === "default",
    });
  } finally {
    await log?.close();
  }
}
