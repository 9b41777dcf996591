import { hostname } from "node:os";
import type { Millis } from "../domain/time.ts";
import type { SessionEnd, SessionRun } from "./header.ts";
import type { Sqlite } from "./sqlite.ts";

/** Adds the start of this process. @returns its number */
export function addRun(database: Sqlite, started: Millis, version: string, entries: number): number {
  const run: Omit<SessionRun, "number" | "end"> = {
    started,
    version,
    node: process.version,
    pid: process.pid,
    host: hostname(),
    entries,
  };
  database.prepare("INSERT INTO run (start) VALUES (?)").run(JSON.stringify(run));
  return lastRun(database)!.number;
}

export function endRun(database: Sqlite, number: number, end: SessionEnd): void {
  database.prepare("UPDATE run SET end = ? WHERE number = ?").run(JSON.stringify(end), number);
}

export function readRuns(database: Sqlite): readonly SessionRun[] {
  return database.prepare("SELECT number, start, end FROM run ORDER BY number").all().map(runOf);
}

export function lastRun(database: Sqlite): SessionRun | undefined {
  const row = database.prepare("SELECT number, start, end FROM run ORDER BY number DESC LIMIT 1").get();
  return row === undefined ? undefined : runOf(row);
}

function runOf([number, start, end]: readonly unknown[]): SessionRun {
  const written = JSON.parse(String(start)) as Omit<SessionRun, "number" | "end">;
  return {
    number: Number(number),
    ...written,
    end: end === null ? null : (JSON.parse(String(end)) as SessionEnd),
  };
}
