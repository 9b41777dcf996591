import { openSync } from "node:fs";
import { ValidationError } from "../domain/errors.ts";
import type { ApiLog } from "./session.ts";

export interface ApiLogFile extends ApiLog {
  /** Settles when every record is written. */
  close(): Promise<void>;
}

/**
 * A log of calls to venues, one JSON object a line: when, which venue, which call, how long, how it ended. `-` is
 * stderr. What a call carried is not in it, so no secret can be.
 * @throws ValidationError GEO-OUTPUT when the file cannot be written
 */
export async function openApiLog(path: string): Promise<ApiLogFile> {
  const { default: pino } = await import("pino");
  // Opened by us: a file that it could not open would fail again in pino, when the process ends.
  const target = pino.destination({ dest: path === "-" ? 2 : opened(path), sync: path === "-" });
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level } },
    target,
  );
  return {
    // Fields by name, so that nothing else that an object may carry gets in.
    record({ venue, call, ms, attempt, outcome, status }) {
      logger[outcome === "ok" ? "info" : "warn"]({ venue, call, ms, attempt, outcome, status });
    },
    close: () =>
      new Promise((resolve) => {
        if (path === "-") return resolve();
        target.once("close", () => resolve());
        target.end();
      }),
  };
}

function opened(path: string): number {
  try {
    return openSync(path, "a");
  } catch (cause) {
    throw new ValidationError(
      "GEO-OUTPUT",
      `--api-log: expected a file that can be written: ${(cause as Error).message}`,
      { hint: "Name a file in a folder that is there, or - for stderr.", cause },
    );
  }
}

function level(label: string): object {
  return { level: label };
}
