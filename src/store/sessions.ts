import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { GeoSyncError } from "../domain/errors.ts";
import type { Millis } from "../domain/time.ts";
import type { SessionRun, StoredHeader } from "./header.ts";
import { type SessionFolder, sessionFolder, sessionNames } from "./sessionFolder.ts";
import { SessionLock } from "./sessionLock.ts";
import { SessionReader } from "./sessionReader.ts";

export interface SessionSummary {
  readonly name: string;
  readonly path: string;
  /** Crashed: it neither runs nor ended in order. */
  readonly status: "running" | "stopped" | "crashed" | "unreadable";
  /** Of the process that runs it. */
  readonly pid: number | null;
  /** Null when it can't be read. */
  readonly header: StoredHeader | null;
  /** When anything was last written, by the wall clock. */
  readonly lastActivity: Millis;
  readonly starts: number;
  readonly entries: number;
  /** Of all its files. */
  readonly bytes: number;
  /** Why it can't be read; null when it can. */
  readonly problem: string | null;
}

export interface SessionDetails {
  readonly runs: readonly SessionRun[];
  readonly checkpoint: { readonly seq: number; readonly time: Millis; readonly bytes: number } | null;
  /** How many of the last entries are of each kind. */
  readonly recent: {
    readonly entries: number;
    readonly from: Millis | null;
    readonly to: Millis | null;
    readonly kinds: Readonly<Record<string, number>>;
  };
}

/** Every session of the folder, by name; one that can't be read is listed with its problem. */
export async function listSessions(stateDir: string): Promise<readonly SessionSummary[]> {
  const summaries: SessionSummary[] = [];
  for (const name of sessionNames(stateDir)) {
    try {
      summaries.push((await inspect(stateDir, name, () => null))[0]);
    } catch (error) {
      if (!(error instanceof GeoSyncError)) throw error;
      summaries.push(unreadable(sessionFolder(stateDir, name), error.message));
    }
  }
  return summaries;
}

/** @throws GeoSyncError GEO-SESSION when there is none of that name, or it can't be read */
export function describeSession(
  stateDir: string,
  name: string,
): Promise<readonly [SessionSummary, SessionDetails]> {
  return inspect(stateDir, name, detailsOf);
}

async function inspect<T>(
  stateDir: string,
  name: string,
  more: (reader: SessionReader) => T,
): Promise<readonly [SessionSummary, T]> {
  const reader = await SessionReader.open(stateDir, name);
  try {
    const { folder, header } = reader;
    const wasHeld = await SessionLock.isHeld(folder);
    const runs = reader.runs();
    const last = runs.at(-1);
    // Asked twice: it may have been started while we looked.
    const held = wasHeld || (last?.end == null && (await SessionLock.isHeld(folder)));
    const status = held ? "running" : last?.end == null ? "crashed" : "stopped";
    const summary: SessionSummary = {
      ...{ name, path: folder.path, status, pid: held ? (reader.runs().at(-1)?.pid ?? null) : null, header },
      ...{ ...traces(folder), starts: runs.length, entries: reader.head().seq, problem: null },
    };
    return [summary, more(reader)];
  } finally {
    reader.close();
  }
}

function unreadable(folder: SessionFolder, problem: string): SessionSummary {
  return {
    ...{ name: folder.name, path: folder.path, status: "unreadable", pid: null, header: null },
    ...{ ...traces(folder), starts: 0, entries: 0, problem },
  };
}

/** What the file system knows. Files may go while we look. */
function traces({ path }: SessionFolder): Pick<SessionSummary, "lastActivity" | "bytes"> {
  const files = readdirSync(path, { recursive: true, encoding: "utf8" })
    .map((name) => ({ name, stat: statSync(join(path, name), { throwIfNoEntry: false }) }))
    .filter(({ stat }) => stat?.isFile() === true);
  const written = files.filter(({ name }) => name === "journal.db" || name === "journal.db-wal");
  return {
    lastActivity: Math.floor(Math.max(0, ...written.map(({ stat }) => stat!.mtimeMs))),
    bytes: files.reduce((sum, { stat }) => sum + stat!.size, 0),
  };
}

const recentEntries = 1000;

function detailsOf(reader: SessionReader): SessionDetails {
  const entries = [...reader.entries(Math.max(1, reader.head().seq - recentEntries + 1))].flat();
  const kinds: Record<string, number> = {};
  for (const { kind } of entries) kinds[kind] = (kinds[kind] ?? 0) + 1;
  const [from, to] = [entries[0]?.time ?? null, entries.at(-1)?.time ?? null];
  const checkpoint = reader.latestCheckpoint();
  return {
    runs: reader.runs(),
    checkpoint:
      checkpoint === undefined
        ? null
        : { seq: checkpoint.seq, time: checkpoint.time, bytes: checkpoint.state.length },
    recent: { entries: entries.length, from, to, kinds },
  };
}
