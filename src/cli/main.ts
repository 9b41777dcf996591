/** The process: arguments and signals in, exit code out. Nothing else in geosync ends it. */
import { exitCodes, GeoSyncError } from "../domain/errors.ts";
import { reportFailure } from "./failure.ts";
import { runProgram } from "./program.ts";
import { createSession } from "./session.ts";

const args = process.argv.slice(2);
const beforeDashes = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
const json = beforeDashes.includes("--json");
const stop = new AbortController();
const session = createSession(stop.signal);

process.stdout.on("error", endQuietly);
process.stderr.on("error", endQuietly);
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, async (error: unknown) => process.exit(await reportFailure(error, json, session)));
}
const stopped = new Promise<never>((_, reject) => {
  stop.signal.addEventListener("abort", () => {
    if (!session.endsInOrder) reject(stop.signal.reason);
  });
});
process.on("SIGINT", () => onSignal("GEO-INTERRUPTED", "stopped by the user (SIGINT)"));
process.on("SIGHUP", () => onSignal("GEO-TERMINATED", "stopped: its terminal was closed (SIGHUP)"));
process.on("SIGTERM", () => onSignal("GEO-TERMINATED", "stopped by the system (SIGTERM)"));

process.exit(await run());

async function run(): Promise<number> {
  try {
    await Promise.race([runProgram(args, session), stopped]);
    return session.exitCode;
  } catch (error) {
    return reportFailure(error, json, session);
  }
}

/** The first asks to stop; the second does not wait. */
function onSignal(code: "GEO-INTERRUPTED" | "GEO-TERMINATED", message: string): void {
  if (stop.signal.aborted) process.exit(exitCodes[code]);
  stop.abort(new GeoSyncError(code, message));
}

/** Whoever read our output has seen enough (`| head`): no failure of ours. What is to end in order does so, unseen. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  if (!session.endsInOrder) process.exit(0);
  stop.abort(new GeoSyncError("GEO-TERMINATED", "stopped: nobody reads its output any more"));
}
