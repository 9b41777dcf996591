import type { Exchange } from "ccxt";
import { ConnectionError } from "../domain/errors.ts";
import { type CallScope, currentScope } from "./callScope.ts";
import type { HoldOff } from "./holdOff.ts";
import type { SessionOptions } from "./session.ts";

/** The few methods of ccxt that every request and every WebSocket goes through. */
interface Doors {
  fetch(url: string, method?: string, headers?: unknown, body?: unknown): Promise<unknown>;
  undiciRequest(url: string, params: { signal: AbortSignal }): Promise<unknown>;
  client(url: string): unknown;
  handleErrors(status: number, reason: string, url: string, method: string, ...rest: unknown[]): unknown;
  readonly clients: Readonly<Record<string, unknown>>;
}

export interface Rules {
  /** Host and port of all that may be contacted. None: whatever ccxt wants. */
  readonly hosts: ReadonlySet<string> | undefined;
  readonly hold: HoldOff;
  /** What a request must wait for before it leaves. @default nothing */
  readonly safe?: SessionOptions["safe"];
}

/**
 * Stands at the doors of a ccxt client: refuses other hosts and what is sent during a ban, and notes for the call it
 * belongs to what left and what came back.
 */
export function watchDoors(exchange: Exchange, { hosts, hold, safe }: Rules): void {
  const doors = exchange as unknown as Doors;
  const original = {
    fetch: doors.fetch.bind(exchange),
    undiciRequest: doors.undiciRequest.bind(exchange),
    client: doors.client.bind(exchange),
    handleErrors: doors.handleErrors.bind(exchange),
  };

  doors.fetch = async (url, method, headers, body) => {
    const waits = safe?.() ?? null;
    if (waits !== null) await waits;
    checkHost(url, hosts);
    hold.check();
    const scope = currentScope();
    // Ccxt's limiter may have kept it waiting until nobody waited any more.
    if (scope?.signal.aborted)
      throw new ConnectionError("Not sent: its time was up while it waited its turn.");
    if (scope !== undefined) beginRequest(scope);
    return await original.fetch(url, method, headers, body);
  };

  doors.undiciRequest = async (url, params) => {
    const scope = currentScope();
    try {
      // A call of ours has a deadline shorter than ccxt's; a signal of both would take longer than the rest of this.
      const { signal } = scope ?? params;
      return await original.undiciRequest(url, { ...params, signal });
    } catch (error) {
      if (scope !== undefined && neverLeft(error)) scope.requests--;
      throw error;
    }
  };

  doors.handleErrors = (status, reason, url, method, headers, body, ...rest) => {
    const text = typeof body === "string" ? body : "";
    if (status >= 400) hold.heard(status, (headers ?? {}) as Record<string, unknown>, text);
    const scope = currentScope();
    if (scope === undefined)
      return original.handleErrors(status, reason, url, method, headers, body, ...rest);
    scope.status = status;
    const code = status >= 400 ? /"code"\s*:\s*"?(-\d{4})\b/.exec(text) : null;
    if (code !== null) scope.venueCode = Number(code[1]);
    // What ccxt throws here is made of the venue's words; what it throws later, of its own reading.
    scope.saidNo = true;
    const handled = original.handleErrors(status, reason, url, method, headers, body, ...rest);
    if (status < 400) scope.saidNo = false;
    return handled;
  };

  doors.client = (url) => {
    if (!(url in doors.clients)) {
      checkHost(url, hosts);
      hold.check();
    }
    const scope = currentScope();
    if (scope !== undefined) scope.messages++;
    return original.client(url);
  };
}

function beginRequest(scope: CallScope): void {
  scope.requests++;
  scope.saidNo = false;
  delete scope.status;
  delete scope.venueCode;
}

/** Failures of the connection itself: no byte of the request went out. */
function neverLeft(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  return [
    "ECONNREFUSED",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "UND_ERR_CONNECT_TIMEOUT",
  ].includes(code);
}

function checkHost(url: string, hosts: ReadonlySet<string> | undefined): void {
  if (hosts === undefined) return;
  const host = URL.canParse(url) ? new URL(url).host : url;
  if (hosts.has(host)) return;
  throw new ConnectionError(`Not sent: ${host} is none of the addresses given (${[...hosts].join(", ")}).`, {
    hint: "With a testnet or with --venue-url or --endpoint, no other host is ever contacted.",
  });
}
