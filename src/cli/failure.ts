import { CommanderError } from "commander";
import { type ErrorCode, exitCodes, GeoSyncError } from "../domain/errors.ts";
import type { Session } from "./session.ts";

/** What `--json` prints of a failure: schema geosync.error/1. */
interface ErrorDocument {
  readonly schema: "geosync.error/1";
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint: string | null };
}

/**
 * Tells the user what went wrong: in words on stderr, with `json` as a document on stdout as well, always on one line,
 * which it must be after a session's events.
 * @returns the exit code of the process
 */
export async function reportFailure(thrown: unknown, json: boolean, session: Session): Promise<number> {
  const { code, message, hint } = failureOf(thrown);
  const exitCode = exitCodes[code];
  const stopped = code === "GEO-INTERRUPTED" || code === "GEO-TERMINATED";
  if (json) {
    const document: ErrorDocument = {
      schema: "geosync.error/1",
      error: { code, message, hint: hint ?? null },
    };
    await session.print([JSON.stringify(document), "\n"]);
  }
  if (stopped) session.note("stopped");
  else if (exitCode === exitCodes["GEO-INTERNAL"])
    session.note(`error ${code}: ${traceOf(thrown)}\n${reportBug}`);
  else if (!json)
    session.note([`error ${code}: ${message}`, ...(hint === undefined ? [] : [hint])].join("\n"));
  return exitCode;
}

const reportBug =
  "This is a bug in geosync, not in what you did. Please report it to the place you got geosync from, with the lines above, the command and `geosync --version`.";

interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}

function failureOf(thrown: unknown): Failure {
  if (thrown instanceof GeoSyncError)
    return { code: thrown.code, message: thrown.message, hint: thrown.hint };
  if (thrown instanceof CommanderError) return usageFailure(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "GEO-INTERNAL", message, hint: reportBug };
}

/** Commander writes `error: unknown option '--fees'`, and its suggestion in brackets on a second line. */
function usageFailure({ message }: CommanderError): Failure {
  const [problem, suggestion] = message.replace(/^error: /, "").split("\n");
  const meant = /^\(Did you mean (.+)\?\)$/.exec(suggestion ?? "")?.[1];
  return {
    code: "GEO-USAGE",
    message: meant === undefined ? problem! : `${problem}. Did you mean ${meant}?`,
    hint: "geosync --help lists the commands, geosync <command> --help their flags.",
  };
}

function traceOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause === undefined ? "" : `\ncaused by ${traceOf(thrown.cause)}`;
  return `${thrown.stack ?? thrown.message}${cause}`;
}
