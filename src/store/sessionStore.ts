import { existsSync } from "node:fs";
import { GeoSyncError } from "../domain/errors.ts";
import type { Json } from "../domain/signal.ts";
import { isoTime, type Millis } from "../domain/time.ts";
import { addCheckpoint } from "./checkpoints.ts";
import type { JournalEntry } from "./frames.ts";
import type { Checkpoint, SessionHeader, SessionRun, StoredHeader } from "./header.ts";
import { Journal } from "./journal.ts";
import { addRun, endRun, lastRun } from "./runs.ts";
import { makeFolder, type SessionFolder, sessionFolder } from "./sessionFolder.ts";
import { SessionLock } from "./sessionLock.ts";
import { noSession, SessionReader } from "./sessionReader.ts";
import { Sqlite } from "./sqlite.ts";
import { createTables, readHeader } from "./tables.ts";

export interface StoreOptions {
  /** The folder of the sessions: `resolveStateDir`. */
  readonly stateDir: string;
  readonly name: string;
  /** Of the geosync that starts. */
  readonly version: string;
  /** Makes the session when there is none of that name; one that is there keeps its own header. */
  readonly create?: SessionHeader | undefined;
  /** Wall clock, for the times of starts and ends. @default Date.now */
  readonly now?: () => Millis;
}

/** How long an outsider's lock on the journal itself is waited for. */
const patienceMs = 2000;

/**
 * A session that this process, and no other, writes to. All of it is synchronous: what has returned is on the disk,
 * but for `append`, which waits for `commit`, and for what `durable` tells of.
 */
export class SessionStore {
  readonly folder: SessionFolder;
  readonly header: StoredHeader;
  /** This start; number 1 made the session. */
  readonly run: number;
  /** The start before this one; its `end` is null when it crashed. */
  readonly previousRun: SessionRun | undefined;
  readonly #lock: SessionLock;
  readonly #database: Sqlite;
  readonly #reader: SessionReader;
  readonly #journal: Journal;
  readonly #now: () => Millis;
  #open = true;

  private constructor(
    lock: SessionLock,
    database: Sqlite,
    reader: SessionReader,
    { version, now = Date.now }: StoreOptions,
  ) {
    this.#lock = lock;
    this.#database = database;
    this.#reader = reader;
    this.#now = now;
    this.folder = reader.folder;
    this.header = reader.header;
    const head = reader.head();
    this.#journal = new Journal(database, head);
    this.previousRun = lastRun(database);
    this.run = addRun(database, now(), version, head.seq);
  }

  /**
   * @throws GeoSyncError GEO-SESSION-BUSY when another process has it; GEO-SESSION when there is none and `create` is
   * not given, or it is damaged or of a later version; GEO-OUTPUT when it can't be written
   */
  static async open(options: StoreOptions): Promise<SessionStore> {
    const { stateDir, name, create } = options;
    const folder = sessionFolder(stateDir, name);
    if (create === undefined && !existsSync(folder.journal)) throw noSession(stateDir, name);
    makeFolder(folder);
    const lock = await SessionLock.take(folder);
    if (lock === undefined) throw await busy(folder);
    let database: Sqlite | undefined;
    try {
      database = await Sqlite.open(folder.journal, { waitMs: patienceMs });
      const header = prepareTables(database, options);
      return new SessionStore(lock, database, new SessionReader(folder, database, header), options);
    } catch (error) {
      database?.close();
      lock.release();
      throw error;
    }
  }

  /** Number of the last entry that was committed; 0: none. */
  get committedSeq(): number {
    return this.#journal.written.seq;
  }

  /**
   * Adds an entry, in memory until the next `commit`; the bytes are copied.
   * @param kind 0 to 127
   * @param time the engine's
   * @returns its number, from 1
   */
  append(kind: number, time: Millis, payload: Uint8Array): number {
    return this.#journal.append(kind, time, payload);
  }

  /**
   * Makes what was appended durable, all of it or nothing. May be tried again when it throws: nothing is lost.
   * @throws GeoSyncError GEO-OUTPUT
   */
  commit(): void {
    this.#journal.write();
    this.#database.flush();
  }

  /**
   * The same beside other work: nothing that follows from it may leave before `durable` says so.
   * @throws GeoSyncError GEO-OUTPUT
   */
  commitSoon(): void {
    this.#journal.write();
    this.#database.flushSoon();
  }

  /** Settles when all that was committed is on the disk; null: it is. Rejects with GEO-OUTPUT, then for ever. */
  get durable(): Promise<void> | null {
    return this.#database.flushed;
  }

  /** What is durable from `fromSeq` on: SessionReader.entries. */
  entries(fromSeq = 1): Iterable<readonly JournalEntry[]> {
    return this.#reader.entries(fromSeq);
  }

  /** Stores the state that the committed entries up to `seq` lead to. */
  checkpoint(seq: number, time: Millis, state: Uint8Array): void {
    if (!(Number.isInteger(seq) && seq > 0 && seq <= this.committedSeq))
      throw new RangeError(
        `checkpoint: expected a committed entry (1 to ${this.committedSeq}), found ${seq}`,
      );
    addCheckpoint(this.#database, this.#reader.origin, { seq, time, state });
  }

  /** @throws GeoSyncError GEO-SESSION when it is not what was written */
  latestCheckpoint(): Checkpoint | undefined {
    return this.#reader.latestCheckpoint();
  }

  /** Keeps a small fact that is no event, such as that trading was halted. */
  putState(key: string, value: Json): void {
    this.#database
      .prepare("INSERT OR REPLACE INTO state (key, json) VALUES (?, ?)")
      .run(key, JSON.stringify(value));
  }

  getState(key: string): Json | undefined {
    return this.#reader.getState(key);
  }

  /**
   * Ends this run and lets others in; nothing when it has ended. With a reason it is an orderly end: what was appended
   * is committed. Without one the session counts as crashed, and what was not committed is dropped.
   */
  close(reason?: string): void {
    if (!this.#open) return;
    this.#open = false;
    try {
      if (reason !== undefined) this.#endInOrder(reason);
    } finally {
      this.#database.close();
      this.#lock.release();
    }
  }

  #endInOrder(reason: string): void {
    this.commit();
    const { seq, digest } = this.#journal.written;
    const hex = Buffer.from(digest).toString("hex");
    endRun(this.#database, this.run, { time: this.#now(), reason, entries: seq, digest: hex });
    // Everything into the one file: whoever copies that has all.
    this.#database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all();
  }
}

/** @returns the header as it is stored */
function prepareTables(database: Sqlite, { stateDir, name, version, create, now = Date.now }: StoreOptions) {
  // Looked at before anything is written: it may be of a later version, or no journal at all.
  const header = readHeader(database);
  if (header !== undefined) {
    database.makeDurable();
    return header;
  }
  if (create === undefined) throw noSession(stateDir, name);
  database.makeDurable();
  createTables(database, { ...create, created: now(), version });
  return readHeader(database)!;
}

async function busy(folder: SessionFolder): Promise<GeoSyncError> {
  const run = await lastRunOf(folder);
  const holder =
    run === undefined || run.end !== null
      ? "another process that is just starting"
      : `process ${run.pid} on ${run.host}, which has it since ${isoTime(run.started)}`;
  return new GeoSyncError(
    "GEO-SESSION-BUSY",
    `session "${folder.name}": expected to be its only process, found ${holder}`,
    { hint: "Stop that one first (Ctrl-C, or kill -TERM), or choose another name with --session." },
  );
}

async function lastRunOf(folder: SessionFolder): Promise<SessionRun | undefined> {
  if (!existsSync(folder.journal)) return undefined;
  const database = await Sqlite.open(folder.journal, { readonly: true });
  try {
    return readHeader(database) === undefined ? undefined : lastRun(database);
  } finally {
    database.close();
  }
}
