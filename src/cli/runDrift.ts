import { resolve } from "node:path";
import { renderDrift } from "../report/driftTable.ts";
import { jsonText } from "../report/json.ts";
import { driftOf } from "../run/drift/driftSession.ts";
import { resolveStateDir } from "../store/sessionFolder.ts";
import type { DriftFlags } from "./drift.ts";
import type { Session } from "./session.ts";

/** @throws GeoSyncError GEO-SESSION, GEO-STRATEGY-…, GEO-REPLAY-DIFFERS; those of the files */
export async function runDrift(name: string, flags: DriftFlags, session: Session): Promise<void> {
  const { cwd, env } = session;
  const document = await driftOf({
    stateDir: resolveStateDir(flags.stateDir, env, cwd),
    name,
    files: (flags.data ?? []).map((file) => resolve(cwd, file)),
  });
  await session.print([flags.json === true ? jsonText(document) : renderDrift(document, session)]);
}
