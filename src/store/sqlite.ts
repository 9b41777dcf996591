import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type Libsql from "libsql";
import { type ErrorCode, GeoSyncError } from "../domain/errors.ts";
import { Flusher } from "./flusher.ts";

export type Value = string | number | null | Uint8Array;
export type Row = readonly Value[];

export interface Statement {
  /** Durable on return when it stands in no transaction. */
  run(...values: readonly Value[]): void;
  /** The same, but durable only once it is flushed. The death of this process can't undo it. */
  write(...values: readonly Value[]): void;
  get(...values: readonly Value[]): Row | undefined;
  all(...values: readonly Value[]): readonly Row[];
}

interface OpenOptions {
  /** @default false */
  readonly readonly?: boolean;
  /** How long to wait for a lock that another connection holds, ms. @default 0 */
  readonly waitMs?: number;
}

/** A SQLite database whose failures are geosync's: GEO-SESSION, GEO-SESSION-BUSY or GEO-OUTPUT. */
export class Sqlite {
  readonly path: string;
  readonly #database: Libsql.Database;
  /** Of the write-ahead log; null: SQLite flushes what it writes. */
  #log: Flusher | null = null;
  #inTransaction = false;

  private constructor(path: string, database: Libsql.Database) {
    this.path = path;
    this.#database = database;
  }

  static async open(path: string, { readonly = false, waitMs = 0 }: OpenOptions = {}): Promise<Sqlite> {
    const { default: Database } = await import("libsql");
    const open = (name: string) => new Database(name, { timeout: waitMs });
    if (!readonly)
      return new Sqlite(
        path,
        translating(path, () => open(path)),
      );
    const { href } = pathToFileURL(path);
    const database = translating(path, () => open(`${href}?mode=ro`));
    if (hasLog(path) || canRead(database)) return new Sqlite(path, database);
    // On a medium where the index of a log cannot be made, only a promise that nothing changes helps.
    return new Sqlite(
      path,
      translating(path, () => open(`${href}?immutable=1`)),
    );
  }

  /** Every change is on the disk when it returns, but for `write`, and one can read while another writes. */
  makeDurable(): void {
    // macOS alone tells a flush of the disk from one of its cache.
    this.exec("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON");
    const [mode] = this.prepare("PRAGMA journal_mode = WAL").get()!;
    // There are disks on which there can be no log.
    if (mode !== "wal") return;
    // We flush the log ourselves, so that it can be done beside other work; before SQLite copies it into the database,
    // or begins it anew, it still does.
    this.exec("PRAGMA synchronous = NORMAL");
    const failed = (cause: unknown) => translated(this.path, asDiskError(cause));
    this.#log = new Flusher(`${this.path}-wal`, failed);
  }

  /** All that was written is on the disk when it returns. */
  flush(): void {
    this.#log?.flush();
  }

  /** Begins to bring onto the disk what was written; `flushed` tells when it is there. */
  flushSoon(): void {
    this.#log?.begin();
  }

  /** Settles when all is on the disk for which a flush was begun; null: it is. Rejects with GEO-OUTPUT. */
  get flushed(): Promise<void> | null {
    return this.#log?.done ?? null;
  }

  exec(sql: string): void {
    translating(this.path, () => this.#database.exec(sql));
  }

  prepare(sql: string): Statement {
    // Values go as one array: given alone, a typed array would be taken for named parameters.
    return translating(this.path, () => {
      const statement = this.#database.prepare(sql);
      const reader = sql.startsWith("SELECT") || sql.startsWith("PRAGMA") ? statement : undefined;
      (reader as unknown as { raw(): void } | undefined)?.raw();
      const write = (...values: readonly Value[]): void => {
        translating(this.path, () => statement.run(values));
        this.#log?.mark();
      };
      return {
        run: (...values) => {
          write(...values);
          if (!this.#inTransaction) this.flush();
        },
        write,
        get: (...values) => translating(this.path, () => statement.get(values) as Row | undefined),
        all: (...values) => translating(this.path, () => statement.all(values) as readonly Row[]),
      };
    });
  }

  /** All of `work` or nothing of it; durable on return. */
  transaction(work: () => void): void {
    this.exec("BEGIN IMMEDIATE");
    this.#inTransaction = true;
    try {
      work();
      this.exec("COMMIT");
      this.#log?.mark();
    } catch (error) {
      this.#rollBack();
      throw error;
    } finally {
      this.#inTransaction = false;
    }
    this.flush();
  }

  /** Ends an open transaction, too. */
  close(): void {
    this.#rollBack();
    this.#database.close();
    this.#log?.close();
  }

  /** What failed may have rolled back already, and then there is nothing to do. */
  #rollBack(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {}
  }
}

/** What lies in the log would be missing from a database opened as unchanging: better a failure. */
function hasLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** That no index of a log can be made shows at the first read only. */
function canRead(database: Libsql.Database): boolean {
  try {
    database.prepare("SELECT count(*) FROM sqlite_master").get();
    return true;
  } catch (error) {
    if (!/^SQLITE_(CANTOPEN|READONLY)/.test(sqliteCode(error))) return true;
    database.close();
    return false;
  }
}

function translating<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw translated(path, cause);
  }
}

interface Meaning {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly expected: string;
  readonly hint: string;
}

const meanings: readonly Meaning[] = [
  {
    pattern: /^SQLITE_(BUSY|LOCKED)/,
    code: "GEO-SESSION-BUSY",
    expected: "expected a database that no other process writes to",
    hint: "Wait until the other process is done, or stop it.",
  },
  {
    pattern: /^SQLITE_(CORRUPT|NOTADB)/,
    code: "GEO-SESSION",
    expected: "expected an intact SQLite database",
    hint: "The file is damaged or was copied in part: restore the session's folder from a whole copy, made while no process had it open.",
  },
  {
    pattern: /^SQLITE_(FULL|IOERR)/,
    code: "GEO-OUTPUT",
    expected: "expected room on the disk, and a disk that works",
    hint: "Free space or repair the disk, then resume the session: what was committed before is safe.",
  },
  {
    pattern: /^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/,
    code: "GEO-OUTPUT",
    expected: "expected a folder and file that can be written",
    hint: "Check the permissions, or choose another folder with --state-dir.",
  },
];

function translated(path: string, cause: unknown): unknown {
  if (cause instanceof GeoSyncError) return cause;
  const code = sqliteCode(cause);
  const meaning = meanings.find(({ pattern }) => pattern.test(code));
  // A mistake in our SQL is a bug of ours, and its trace tells more than a translation would.
  if (meaning === undefined) return cause;
  const { code: ours, expected, hint } = meaning;
  return new GeoSyncError(ours, `${path}: ${expected}, found ${code}: ${(cause as Error).message}`, {
    hint,
    cause,
  });
}

/** A failure of the system, as SQLite would call it. */
function asDiskError(cause: unknown): Error {
  const { message } = cause as Error;
  return Object.assign(new Error(message, { cause }), { code: "SQLITE_IOERR" });
}

/** Failures to open carry no code, only a text that ends in SQLite's number: 14 is SQLITE_CANTOPEN. */
function sqliteCode(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === "string" && code !== "") return code;
  return /: 14"?\)?$/.test(String(message)) ? "SQLITE_CANTOPEN" : "";
}
