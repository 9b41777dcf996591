import { readConfigFile } from "../config/configFile.ts";
import { type ResolvedSettings, resolveSettings } from "../config/resolve.ts";
import { ValidationError } from "../domain/errors.ts";
import type { LiveOptions } from "../run/session/live.ts";
import type { SessionOutcome } from "../run/session/runner.ts";
import { resolveStateDir } from "../store/sessionFolder.ts";
import { LiveLines } from "./liveLines.ts";
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

export interface LiveFlags {
  readonly paper?: boolean;
  readonly live?: boolean;
  readonly symbol?: readonly string[];
  readonly feeds?: string;
  readonly data?: readonly string[];
  readonly speed?: string;
  readonly session?: string;
  readonly stateDir?: string;
  readonly onExit?: string;
  readonly onDrift?: string;
  readonly untilBars?: string;
  readonly maxRuntime?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly config?: string;
}

export interface LiveRequest {
  readonly flags: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly own: LiveFlags;
  readonly venue: VenueChoice;
}

/** From flags to a session and its report. @throws GeoSyncError */
export async function runLive(request: LiveRequest, session: Session): Promise<void> {
  const { own } = request;
  const resolved = resolvedOf(request, session);
  const mode = modeOf(request);
  if (mode === "live") {
    refuseUnspelt(request, resolved);
    await confirmMoney(request, session);
  }
  const lines = new LiveLines(session, own.json === true);
  const shared = sharedOptions(request, resolved, session, lines);
  session.endsInOrder = true;
  const { document, reason } =
    own.data === undefined
      ? await atVenue(request, resolved, mode, shared, session, lines)
      : await onFiles(request, mode, shared);
  if (own.json === true) await session.print([`${JSON.stringify(document)}\n`]);
  else {
    const { renderSession } = await import("../report/sessionTable.ts");
    await session.print([renderSession(document, session)]);
  }
  if (reason !== null && !(reason instanceof TimeIsOver)) throw reason;
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

function resolvedOf({ flags, own }: LiveRequest, { cwd, env }: Session): ResolvedSettings {
  const file = readConfigFile(own.config ?? (env.GEOSYNC_CONFIG || undefined), cwd);
  return resolveSettings({ flags, env, file });
}

function sharedOptions(
  { own }: LiveRequest,
  resolved: ResolvedSettings,
  session: Session,
  lines: LiveLines,
): LiveOptions {
  const { cwd, env } = session;
  return {
    settings: {
      ...runOptionsOf(resolved, cwd, "momentum"),
      onLog: (time, message, fields) => lines.log(time, message, fields),
    },
    stateDir: resolveStateDir(own.stateDir, env, cwd),
    name: own.session ?? null,
    onExit: exitRuleOf(own.onExit),
    untilBars: own.untilBars === undefined ? null : countOf(own.untilBars, "--until-bars"),
    signal: stopSignal(session.signal, own.maxRuntime),
    onEvent: (event) => lines.show(event),
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
  lines: LiveLines,
): Promise<SessionOutcome> {
  const { venue, endpoints, apiLog } = choice;
  if (venue === undefined) {
    throw new ValidationError(
      "GEO-USAGE",
      "live: expected --venue <name>, or --data <file> with --paper, found neither",
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
  lines.tell(`${strategy} on ${symbols.join(", ")}, ${timeframe} bars, ${mode} at ${venue}`);
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
