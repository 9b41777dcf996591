import { existsSync } from "node:fs";
import { GeoSyncError } from "../domain/errors.ts";
import type { Json } from "../domain/signal.ts";
import { didYouMean } from "../domain/suggest.ts";
import { latestCheckpoint, latestCheckpointSeq } from "./checkpoints.ts";
import { type Digest, originOf } from "./digest.ts";
import type { JournalEntry } from "./frames.ts";
import type { Checkpoint, SessionRun, StoredHeader } from "./header.ts";
import { damagedHint, type Head, JournalReader } from "./journalReader.ts";
import { lastRun, readRuns } from "./runs.ts";
import { type SessionFolder, sessionFolder, sessionNames } from "./sessionFolder.ts";
import { Sqlite } from "./sqlite.ts";
import { readHeader } from "./tables.ts";

/** What is durable of a session. Any number may read, also while a process writes. */
export class SessionReader {
  readonly folder: SessionFolder;
  readonly header: StoredHeader;
  /** What the journal's first block follows. */
  readonly origin: Digest;
  readonly #database: Sqlite;
  readonly #journal: JournalReader;

  constructor(folder: SessionFolder, database: Sqlite, header: string) {
    this.folder = folder;
    this.header = JSON.parse(header) as StoredHeader;
    this.origin = originOf(header);
    this.#database = database;
    this.#journal = new JournalReader(database, this.origin);
  }

  /**
   * Opens a session to look at it: changes nothing, and needs no right to.
   * @throws GeoSyncError GEO-SESSION when there is none of that name, or it is damaged or of a later version
   */
  static async open(stateDir: string, name: string): Promise<SessionReader> {
    const folder = sessionFolder(stateDir, name);
    if (!existsSync(folder.journal)) throw noSession(stateDir, name);
    const database = await Sqlite.open(folder.journal, { readonly: true });
    try {
      const header = readHeader(database);
      if (header === undefined) throw noSession(stateDir, name);
      return new SessionReader(folder, database, header);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /**
   * The end of the journal. Finds a journal that lost what was there at an orderly end, a start or a checkpoint.
   * @throws GeoSyncError GEO-SESSION
   */
  head(): Head {
    const run = lastRun(this.#database);
    const least = Math.max(run?.entries ?? 0, run?.end?.entries ?? 0, latestCheckpointSeq(this.#database));
    const head = this.#journal.head();
    const ended = run?.end;
    if (head.seq < least) throw this.#cut(`${least} entries at least, found ${head.seq}`);
    if (ended?.entries === head.seq && ended.digest !== Buffer.from(head.digest).toString("hex"))
      throw this.#cut(`the ${head.seq} entries there were at its orderly end, found others`);
    return head;
  }

  /**
   * What was committed from `fromSeq` on, in chunks; also what is committed while they are read.
   * @throws GeoSyncError GEO-SESSION at the first part that is missing, changed or cut
   */
  entries(fromSeq = 1): Iterable<readonly JournalEntry[]> {
    return this.#journal.entries(fromSeq);
  }

  /** @throws GeoSyncError GEO-SESSION when it is not what was written */
  latestCheckpoint(): Checkpoint | undefined {
    return latestCheckpoint(this.#database, this.origin);
  }

  getState(key: string): Json | undefined {
    const row = this.#database.prepare("SELECT json FROM state WHERE key = ?").get(key);
    return row === undefined ? undefined : (JSON.parse(String(row[0])) as Json);
  }

  runs(): readonly SessionRun[] {
    return readRuns(this.#database);
  }

  close(): void {
    this.#database.close();
  }

  #cut(message: string): GeoSyncError {
    return new GeoSyncError("GEO-SESSION", `${this.#database.path}: expected ${message}`, {
      hint: damagedHint,
    });
  }
}

export function noSession(stateDir: string, name: string): GeoSyncError {
  const names = sessionNames(stateDir);
  return new GeoSyncError(
    "GEO-SESSION",
    `session "${name}": expected a session in ${stateDir}, found none of that name.${didYouMean(name, names)}`,
    { hint: "geosync sessions lists them; --state-dir says where they lie." },
  );
}
