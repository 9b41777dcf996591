import { readConfigFile } from "../config/configFile.ts";
import { resolveSettings } from "../config/resolve.ts";
import { resolveStateDir } from "../store/sessionFolder.ts";
import { LiveLines } from "./liveLines.ts";
import { countOf, exitRuleOf, speedOf, stopSignal, TimeIsOver } from "./liveValues.ts";
import { runOptionsOf } from "./runOptions.ts";
import type { Session } from "./session.ts";

export interface LiveFlags {
  readonly paper?: boolean;
  readonly testnet?: boolean;
  readonly live?: boolean;
  readonly data?: readonly string[];
  readonly speed?: string;
  readonly session?: string;
  readonly resume?: boolean;
  readonly stateDir?: string;
  readonly onExit?: string;
  readonly untilBars?: string;
  readonly maxRuntime?: string;
  readonly json?: boolean;
  readonly config?: string;
}

export interface LiveRequest {
  readonly flags: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly own: LiveFlags;
}

/** From flags to a session and its report. @throws GeoSyncError */
export async function runLive({ flags, own }: LiveRequest, session: Session): Promise<void> {
  const { cwd, env } = session;
  const file = readConfigFile(own.config ?? (env.GEOSYNC_CONFIG || undefined), cwd);
  const settings = runOptionsOf(resolveSettings({ flags, env, file }), cwd, "momentum");
  const speed = speedOf(own.speed);
  const signal = stopSignal(session.signal, own.maxRuntime);
  const { livePaperFile } = await import("../run/session/live.ts");
  const lines = new LiveLines(session, own.json === true);
  session.endsInOrder = true;
  const { document, reason } = await livePaperFile({
    settings: { ...settings, onLog: (time, message, fields) => lines.log(time, message, fields) },
    files: own.data ?? [],
    speed,
    stateDir: resolveStateDir(own.stateDir, env, cwd),
    name: own.session ?? null,
    onExit: exitRuleOf(own.onExit),
    untilBars: own.untilBars === undefined ? null : countOf(own.untilBars, "--until-bars"),
    signal,
    onEvent: (event) => lines.show(event),
  });
  if (own.json === true) await session.print([`${JSON.stringify(document)}\n`]);
  else {
    const { renderSession } = await import("../report/sessionTable.ts");
    await session.print([renderSession(document, session)]);
  }
  if (reason !== null && !(reason instanceof TimeIsOver)) throw reason;
}
