import { GeoSyncError } from "../domain/errors.ts";
import type { StoredHeader } from "./header.ts";
import type { Sqlite } from "./sqlite.ts";

/** Of the tables below and of what is in their cells. */
const journalVersion = 1;

/** "GeoS", so that `file` and we know our own. */
const applicationId = 0x47_65_6f_53;

const tables = `
  CREATE TABLE header (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL) STRICT;
  CREATE TRIGGER header_stays BEFORE UPDATE ON header BEGIN SELECT RAISE(ABORT, 'a header never changes'); END;
  CREATE TRIGGER header_remains BEFORE DELETE ON header BEGIN SELECT RAISE(ABORT, 'a header never goes'); END;
  CREATE TABLE run (number INTEGER PRIMARY KEY, start TEXT NOT NULL, end TEXT) STRICT;
  CREATE TABLE block (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, body BLOB NOT NULL, digest BLOB NOT NULL)
    STRICT;
  CREATE TABLE checkpoint (seq INTEGER PRIMARY KEY, time REAL NOT NULL, state BLOB NOT NULL, digest BLOB NOT NULL)
    STRICT;
  CREATE TABLE state (key TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** All of it or nothing: a death in between leaves a database without tables, which is no session yet. */
export function createTables(database: Sqlite, header: StoredHeader): void {
  database.transaction(() => {
    database.exec(tables);
    database.prepare("INSERT INTO header (id, json) VALUES (1, ?)").run(JSON.stringify(header));
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${journalVersion}`);
  });
}

/**
 * The header as it was written, or undefined when the tables were never made.
 * @throws GeoSyncError GEO-SESSION for a database that is not ours, or from a later geosync
 */
export function readHeader(database: Sqlite): string | undefined {
  const [id] = database.prepare("PRAGMA application_id").get()!;
  const [found] = database.prepare("PRAGMA user_version").get()!;
  const [count] = database.prepare("SELECT count(*) FROM sqlite_master").get()!;
  if (count === 0) return undefined;
  if (id !== applicationId) {
    throw new GeoSyncError(
      "GEO-SESSION",
      `${database.path}: expected a journal of geosync, found another database`,
      {
        hint: "Choose another session or another --state-dir.",
      },
    );
  }
  if (found !== journalVersion) {
    throw new GeoSyncError(
      "GEO-SESSION",
      `${database.path}: expected a journal of version ${journalVersion}, found version ${found}`,
      { hint: "It was written by a later geosync: use that one, or a later one." },
    );
  }
  return database.prepare("SELECT json FROM header WHERE id = 1").get()?.[0] as string | undefined;
}
