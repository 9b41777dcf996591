import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Chalk } from "chalk";
import { credentialNames, readCredentials } from "../config/credentials.ts";
import type { Check } from "../connectivity/checkup.ts";
import { exitCodes, GeoSyncError, ValidationError } from "../domain/errors.ts";
import { version } from "../run/version.ts";
import type { Session } from "./session.ts";
import type { VenueChoice } from "./venueFlags.ts";

export interface DoctorRequest extends VenueChoice {
  readonly symbol: string | undefined;
  readonly json: boolean;
}

/** What `geosync doctor --json` prints: schema geosync.doctor/1. */
interface DoctorDocument {
  readonly schema: "geosync.doctor/1";
  readonly version: string;
  readonly node: string;
  readonly venue: string | null;
  readonly testnet: boolean;
  readonly healthy: boolean;
  readonly checks: readonly Check[];
}

/** Prints how things are, and leaves the exit code of the first failure. @throws GeoSyncError GEO-USAGE, GEO-OUTPUT */
export async function runDoctor(request: DoctorRequest, session: Session): Promise<void> {
  refuseFlagsWithoutVenue(request);
  const checks: Check[] = [];
  for await (const check of allChecks(request, session)) {
    checks.push(check);
    if (!request.json) await session.print([line(check, session)]);
  }
  const failed = checks.find(({ status }) => status === "fail");
  if (request.json) {
    const document: DoctorDocument = {
      schema: "geosync.doctor/1",
      version,
      node: process.versions.node,
      venue: request.venue ?? null,
      testnet: request.testnet,
      healthy: failed === undefined,
      checks,
    };
    await session.print([JSON.stringify(document, null, 2), "\n"]);
  }
  if (failed !== undefined) session.exitCode = exitCodes[failed.code ?? "GEO-CONNECTION"];
}

function refuseFlagsWithoutVenue({ venue, testnet, endpoints, symbol }: DoctorRequest): void {
  if (venue !== undefined || !(testnet || endpoints !== undefined || symbol !== undefined)) return;
  throw new ValidationError(
    "GEO-USAGE",
    "doctor: expected --venue with the other flags of a venue, found none",
    {
      hint: "geosync doctor --venue binance --testnet",
    },
  );
}

async function* allChecks(request: DoctorRequest, session: Session): AsyncGenerator<Check> {
  yield ok("geosync", `${version} on Node.js ${process.versions.node}`);
  yield checkFolder("working folder", session.cwd);
  yield checkFolder("temporary folder", tmpdir());
  yield* checkKeys(session);
  if (request.venue !== undefined) yield* checkVenueOf({ ...request, venue: request.venue }, session);
}

async function* checkVenueOf(
  request: DoctorRequest & { readonly venue: string },
  session: Session,
): AsyncGenerator<Check> {
  const { venue, testnet, endpoints, symbol, apiLog } = request;
  const [{ checkVenue }, { knownVenue }, { openApiLog }] = await Promise.all([
    import("../connectivity/checkup.ts"),
    import("../connectivity/openSession.ts"),
    import("../connectivity/apiLog.ts"),
  ]);
  const log = apiLog === undefined ? undefined : await openApiLog(apiLog);
  try {
    // An unknown venue is told by the first check.
    const known = await knownVenue(venue).catch(() => undefined);
    const names = { venue: known?.id ?? venue, testnet, passphrase: known?.passphrase ?? false };
    const credentials = await readCredentials({ ...names, env: session.env, cwd: session.cwd });
    const own = `${names.venue.toUpperCase()}${testnet ? "_TESTNET" : ""}`;
    const keyHint = `For orders, put ${own}_API_KEY and ${own}_API_SECRET into .env.`;
    yield* checkVenue({
      ...{ venue, testnet, endpoints, credentials, symbol, log, keyHint },
      signal: session.signal,
    });
  } catch (error) {
    if (!(error instanceof GeoSyncError) || error.code !== "GEO-CREDENTIALS") throw error;
    yield {
      name: "credentials",
      status: "fail",
      message: error.message,
      hint: error.hint ?? null,
      code: error.code,
    };
  } finally {
    await log?.close();
  }
}

/** By doing it: rights alone do not tell of full or read-only disks. */
function checkFolder(name: string, path: string): Check {
  try {
    rmSync(mkdtempSync(join(path, ".geosync-doctor-")), { recursive: true });
    return ok(name, `${path} can be written`);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    return warn(
      name,
      `${path} cannot be written (${code})`,
      "Reports and sessions need --out or another folder.",
    );
  }
}

async function* checkKeys({ env, cwd }: Session): AsyncGenerator<Check> {
  const names = await credentialNames({ env, cwd });
  if (names.length === 0)
    return yield ok("API keys", "none in the environment or .env: public data and paper only");
  yield ok("API keys", names.map(({ name, from }) => `${name} in ${from}`).join(", "));
  if (process.platform === "win32" || !names.some(({ from }) => from === ".env")) return;
  if ((statSync(join(cwd, ".env")).mode & 0o077) !== 0) {
    yield warn(".env", "other users of this machine can read it", "chmod 600 .env");
  }
}

function line({ name, status, message, hint }: Check, { color }: Session): string {
  const paint = new Chalk({ level: color ? 1 : 0 });
  const mark = { ok: paint.green, warn: paint.yellow, fail: paint.red }[status](status.padEnd(4));
  return `${mark}  ${name.padEnd(16)}  ${message}\n${hint === null ? "" : `${" ".repeat(24)}${hint}\n`}`;
}

function ok(name: string, message: string): Check {
  return { name, status: "ok", message, hint: null, code: null };
}

function warn(name: string, message: string, hint: string): Check {
  return { name, status: "warn", message, hint, code: null };
}
