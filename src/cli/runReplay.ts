import { resolveSettings } from "../config/resolve.ts";
import { GeoSyncError } from "../domain/errors.ts";
import { formatCount } from "../report/format.ts";
import { jsonText } from "../report/json.ts";
import type { ReplayDocument } from "../report/replayDocument.ts";
import { replaySession } from "../run/session/replaySession.ts";
import { resolveStateDir } from "../store/sessionFolder.ts";
import type { ReplayFlags } from "./replay.ts";
import { paramsOf } from "./runOptions.ts";
import type { Session } from "./session.ts";

/** @throws GeoSyncError GEO-SESSION, GEO-STRATEGY-…; ends with 3 when a decision differs */
export async function runReplay(name: string, flags: ReplayFlags, session: Session): Promise<void> {
  const { cwd, env } = session;
  const { params } = resolveSettings({ flags: { params: flags.param }, env: {}, file: null });
  const document = await replaySession({
    stateDir: resolveStateDir(flags.stateDir, env, cwd),
    name,
    settings: flags.param === undefined ? {} : { params: paramsOf(params, "") },
  });
  await session.print([flags.json === true ? jsonText(document) : textOf(document)]);
  if (!document.identical || document.checkpoint?.same === false) {
    session.exitCode = new GeoSyncError("GEO-REPLAY-DIFFERS", "").exitCode;
  }
}

function textOf({ divergence, ...found }: ReplayDocument): string {
  const { session, steps, events, decisions, durationMs, timesRealTime } = found;
  const speed = timesRealTime === null ? "" : `, ${formatCount(timesRealTime)} times real time`;
  const what = `${formatCount(steps)} steps, ${formatCount(events)} market events, ${formatCount(decisions)} decisions`;
  const took = ` ${what} in ${(durationMs / 1000).toFixed(1)} s${speed}.\n`;
  if (divergence === null) {
    const { checkpoint } = found;
    const other =
      checkpoint?.same === false
        ? ` The checkpoint at entry ${formatCount(checkpoint.entry)} is not where the journal leads to: does the strategy's save() give all of its state?\n`
        : "";
    return ` ${session}: every decision is the same, byte for byte.\n${other}${took}`;
  }
  const { entry, time, recorded, replayed, causes } = divergence;
  return [
    ` ${session}: the decisions differ from entry ${formatCount(entry)} of the journal on (${time}).`,
    `   recorded: ${recorded ?? "nothing"}`,
    `   replayed: ${replayed ?? "nothing"}`,
    ...causes.map((cause) => `   cause: ${cause}`),
    took,
  ].join("\n");
}
