import { isoTime } from "../domain/time.ts";
import type { SessionsDocument } from "../report/sessionsSchema.ts";
import { resolveStateDir } from "../store/sessionFolder.ts";
import {
  describeSession,
  listSessions,
  type SessionDetails,
  type SessionSummary,
} from "../store/sessions.ts";
import type { Session } from "./session.ts";

export type SessionEntry = SessionsDocument["sessions"][number];

interface Arguments {
  readonly name: string | undefined;
  readonly stateDir: string | undefined;
  readonly json: boolean;
}

/** @throws GeoSyncError GEO-SESSION when the one named is not there, or can't be read */
export async function runSessions(
  { name, stateDir: flag, json }: Arguments,
  session: Session,
): Promise<void> {
  const stateDir = resolveStateDir(flag, session.env, session.cwd);
  const sessions =
    name === undefined
      ? (await listSessions(stateDir)).map(entryOf)
      : [detailedEntry(...(await describeSession(stateDir, name)))];
  if (json) {
    const document: SessionsDocument = { schema: "geosync.sessions/1", stateDir, sessions };
    return session.print([JSON.stringify(document, null, 2), "\n"]);
  }
  const { renderSession, renderSessions } = await import("./sessionText.ts");
  await session.print([
    name === undefined ? renderSessions(stateDir, sessions, session) : renderSession(sessions[0]!, session),
  ]);
}

/** Times as text, members in the order of the schema. */
function entryOf({ name, path, status, pid, header, ...rest }: SessionSummary): SessionEntry {
  const { lastActivity, starts, entries, bytes, problem } = rest;
  return {
    ...{ name, path, status, pid, header: header === null ? null : headerOf(header) },
    ...{ lastActivity: isoTime(lastActivity), starts, entries, bytes, problem },
  };
}

function headerOf(header: NonNullable<SessionSummary["header"]>): NonNullable<SessionEntry["header"]> {
  return structuredClone({ ...header, created: isoTime(header.created) }) as NonNullable<
    SessionEntry["header"]
  >;
}

function detailedEntry(summary: SessionSummary, { runs, checkpoint, recent }: SessionDetails): SessionEntry {
  const timeOf = (time: number | null) => (time === null ? null : isoTime(time));
  return {
    ...entryOf(summary),
    details: {
      runs: runs.map((run) => ({
        ...run,
        started: isoTime(run.started),
        end: run.end === null ? null : { ...run.end, time: isoTime(run.end.time) },
      })),
      checkpoint: checkpoint === null ? null : { ...checkpoint, time: isoTime(checkpoint.time) },
      recent: { ...recent, from: timeOf(recent.from), to: timeOf(recent.to) },
    },
  };
}
