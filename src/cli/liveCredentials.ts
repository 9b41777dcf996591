import { readCredentials, requireCredentials } from "../config/credentials.ts";
import { knownVenue } from "../connectivity/openSession.ts";
import type { Endpoints } from "../connectivity/session.ts";
import { requireSandbox } from "../connectivity/venues.ts";
import type { Credentials } from "../domain/ports.ts";
import type { Session } from "./session.ts";

interface Wanted {
  readonly venue: string;
  readonly testnet: boolean;
  readonly endpoints: Endpoints | undefined;
  /** Public data is enough. */
  readonly isPaper: boolean;
}

/** Those that `geosync venue` gives everybody. */
const demo: Credentials = { apiKey: "demo", apiSecret: "demo" };

/**
 * Must be called before a strategy is loaded, which takes credentials out of the environment. On this very machine, the
 * local exchange's own are taken when there are no others.
 * @throws ConnectionError GEO-CREDENTIALS, GEO-VENUE-UNSUPPORTED
 */
export async function credentialsFor(
  { venue, testnet, endpoints, isPaper }: Wanted,
  { env, cwd, note }: Session,
): Promise<Credentials | undefined> {
  const known = await knownVenue(venue);
  // Before keys are asked for that no one could get.
  if (testnet) requireSandbox(known);
  const { id, passphrase } = known;
  const request = { venue: id, testnet, passphrase, env, cwd };
  if (isPaper) return undefined;
  if (testnet && endpoints !== undefined && isLoopback(endpoints.rest)) {
    const found = await readCredentials(request);
    if (found === undefined) note("no API key found: trading with the local exchange's own, demo");
    return found ?? demo;
  }
  return requireCredentials(request);
}

function isLoopback(url: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}
