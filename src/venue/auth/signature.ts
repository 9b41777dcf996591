import { compareFixed, type Fixed, unitsToNumber } from "../../domain/fixed.ts";
import type { Millis } from "../../domain/time.ts";
import { VenueError } from "../contract.ts";
import type { Params } from "../http/params.ts";
import { mandatory } from "../http/refusal.ts";
import type { ApiKey, KeyRing } from "./keys.ts";

const keyShape = /^[A-Za-z0-9_-]{1,128}$/;
const usualWindow = 5000;
const longestWindow: Fixed = { units: 60_000n, scale: 0 };
/** Clients may be this far ahead of the venue's clock. */
const aheadMs = 1000;
/** Later than any time in ms that can be meant: it counts µs. */
const firstMicros = 1e14;

/** @throws VenueError -2014, -2015 */
export function knownKey(keys: KeyRing, name: string | null): ApiKey {
  if (name === null || !keyShape.test(name)) throw new VenueError(-2014, "API-key format invalid.");
  const key = keys.find(name);
  if (key === undefined) throw notPermitted();
  return key;
}

export function notPermitted(): VenueError {
  return new VenueError(-2015, "Invalid API-key, IP, or permissions for action.");
}

/**
 * Whether a signed request is recent and truly of the key's owner.
 * @param payloads what may have been signed, the first that fits will do
 * @throws VenueError -1102, -1131, -1021, -1022
 */
export function checkSigned(key: ApiKey, params: Params, payloads: readonly string[], now: Millis): void {
  checkRecent(params, now);
  const signature = params.need("signature");
  if (payloads.some((payload) => key.verifies(payload, signature))) return;
  throw new VenueError(-1022, "Signature for this request is not valid.");
}

/** @throws VenueError -1102, -1131, -1021 */
function checkRecent(params: Params, now: Millis): void {
  const sent = params.integer("timestamp");
  if (sent === null) throw mandatory("timestamp");
  const timestamp = sent >= firstMicros ? sent / 1000 : sent;
  const window = windowOf(params);
  if (timestamp >= now + aheadMs) {
    throw new VenueError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
  }
  if (now - timestamp > window) {
    throw new VenueError(-1021, "Timestamp for this request is outside of the recvWindow.");
  }
}

function windowOf(params: Params): Millis {
  const window = params.decimal("recvWindow");
  if (window === null) return usualWindow;
  if (compareFixed(window, longestWindow) > 0) {
    throw new VenueError(-1131, "recvWindow must be less than 60000.");
  }
  return unitsToNumber(window.units, window.scale);
}

/** What a REST request's signature is of: query and body as they came, without the signature itself. */
export function restPayload(query: string, body: string): string {
  return query.includes("signature=") ? unsigned(query) + body : query + unsigned(body);
}

function unsigned(text: string): string {
  return text.startsWith("signature=")
    ? text.replace(/^signature=[^&]*&?/, "")
    : text.replace(/&signature=[^&]*/, "");
}

/** Of a WebSocket API request: its parameters by name; Binance's clients encode the values or leave them as they are. */
export function wsPayloads(params: Params): readonly string[] {
  const entries = [...params.entries()].filter(([name]) => name !== "signature");
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const plain = entries.map(([name, value]) => `${name}=${value}`).join("&");
  const encoded = entries.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  return plain === encoded ? [plain] : [plain, encoded];
}
