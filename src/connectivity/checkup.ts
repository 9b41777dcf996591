import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import { z } from "zod";
import { ConnectionError, type ErrorCode, GeoSyncError } from "../domain/errors.ts";
import { didYouMean } from "../domain/suggest.ts";
import { normalizeSymbol } from "../domain/symbol.ts";
import type { CcxtSession } from "./ccxtSession.ts";
import { connectedSession, knownVenue, type OpenSessionOptions } from "./openSession.ts";
import { requireSandbox } from "./venues.ts";

/** One thing that was looked at: how it is, and what to do when it is not well. */
export interface Check {
  readonly name: string;
  readonly status: "ok" | "warn" | "fail";
  readonly message: string;
  readonly hint: string | null;
  /** Of a failure: what a command that needs it would end with. */
  readonly code: ErrorCode | null;
}

export interface CheckupOptions extends OpenSessionOptions {
  readonly symbol?: string | undefined;
  /** What to do for an API key, told when there is none. */
  readonly keyHint: string;
  /** Aborted: it stops at the next check. */
  readonly signal?: AbortSignal;
}

/** Venues refuse requests that are 1 s ahead or, by default, 10 s late; half of the former is time to act. */
const clockToleranceMs = 500;

/** Looks at everything between here and an order, each step once the one before it holds. Throws nothing of a venue's. */
export async function* checkVenue(options: CheckupOptions): AsyncGenerator<Check> {
  const steps = checkSteps(options);
  try {
    for await (const check of steps) {
      yield check;
      if (check.status === "fail" || options.signal?.aborted) return;
    }
  } finally {
    await steps.return(undefined);
  }
}

async function* checkSteps(options: CheckupOptions): AsyncGenerator<Check> {
  yield await tried("venue", () => checkName(options));
  let session: CcxtSession | undefined;
  try {
    yield await tried("session", async () => {
      session = await connectedSession(options);
      return ok("session", `ccxt ${session.exchange.id} loaded`);
    });
    const open = session!;
    for (const [name, url] of Object.entries(addressesOf(open, options))) {
      yield await tried(name, () => checkReach(name, url));
    }
    yield await tried("clock", () => checkClock(open));
    yield await tried("markets", () => checkMarkets(open));
    yield await tried("credentials", () => checkCredentials(open, options));
    if (options.symbol !== undefined)
      yield await tried("symbol", async () => checkSymbol(open, options.symbol!));
  } finally {
    await session?.close();
  }
}

async function tried(name: string, look: () => Promise<Check>): Promise<Check> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof GeoSyncError)) throw error;
    return { name, status: "fail", message: error.message, hint: error.hint ?? null, code: error.code };
  }
}

async function checkName({ venue: name, testnet }: CheckupOptions): Promise<Check> {
  const venue = await knownVenue(name);
  if (testnet) requireSandbox(venue);
  const where = testnet ? `, ${venue.sandbox}` : "";
  if (venue.standing === "proven") return ok("venue", `${venue.title}${where}: proven by tests`);
  const standing = venue.standing === "named" ? "never tried against the exchange itself" : "unproven";
  return warn("venue", `${venue.title}${where}: ${standing}`, "Begin with the smallest amounts, and watch.");
}

/** Hosts as given, or the first that the venue has for requests and for streams. */
function addressesOf({ exchange }: CcxtSession, { endpoints }: CheckupOptions): Record<string, string> {
  if (endpoints !== undefined)
    return { rest: endpoints.rest, streams: endpoints.streams, "ws-api": endpoints.wsApi };
  const filled = JSON.stringify(exchange.urls.api).replaceAll("{hostname}", String(exchange.hostname));
  const preferred = /"(?:public|rest)":"(https:[^"]+)"/.exec(filled) ?? /"(https:[^"]+)"/.exec(filled);
  const stream = /"(?:spot)":"(wss:[^"]+)"/.exec(filled) ?? /"(wss:[^"]+)"/.exec(filled);
  return { ...(preferred ? { rest: preferred[1]! } : {}), ...(stream ? { streams: stream[1]! } : {}) };
}

async function checkReach(name: string, address: string): Promise<Check> {
  const { hostname, port, protocol } = new URL(address);
  const number = Number(port || (/^(?:https|wss):$/.test(protocol) ? 443 : 80));
  const began = performance.now();
  try {
    const { address: found } = await lookup(hostname.replace(/^\[|\]$/g, ""));
    await reach(found, number);
    return ok(name, `${hostname}:${number} takes connections (${(performance.now() - began).toFixed(1)} ms)`);
  } catch (cause) {
    const { code = "no answer" } = cause as NodeJS.ErrnoException;
    throw new ConnectionError(`${hostname}:${number} cannot be reached (${code})`, {
      hint: reachHints[code] ?? "Check the network, a firewall or proxy, and the address.",
      cause,
    });
  }
}

const reachHints: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Nothing listens there: start it (the local exchange: geosync venue), or check the port.",
  ENOTFOUND: "No such name: check its spelling, and that this machine can resolve names.",
  EAI_AGAIN: "Names cannot be resolved: is there a network?",
};

function reach(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: 5_000 }, () => {
      socket.destroy();
      resolve();
    });
    socket.on("timeout", () => socket.destroy(new Error("no answer within 5 s")));
    socket.on("error", reject);
  });
}

async function checkClock(session: CcxtSession): Promise<Check> {
  await session.measureClock();
  // The first opens the connection; the second measures the way.
  await session.measureClock();
  const { measured, offsetMs, roundTripMs } = session.clock;
  if (!measured)
    return warn("clock", "the venue does not tell its time", "Keep this machine's clock synchronised.");
  const away = Math.abs(offsetMs);
  const side = offsetMs >= 0 ? "behind" : "ahead of";
  const message = `answers in ${roundTripMs} ms; this clock is ${Math.round(away)} ms ${side} the venue's`;
  if (away - roundTripMs / 2 <= clockToleranceMs) return ok("clock", message);
  return warn(
    "clock",
    message,
    "Requests are corrected for it; switch on time synchronisation (NTP) all the same.",
  );
}

async function checkMarkets(session: CcxtSession): Promise<Check> {
  await session.loadMarkets();
  const markets = Object.values(session.exchange.markets ?? {});
  const active = markets.filter((market) => market?.active !== false).length;
  return ok("markets", `${markets.length} markets, ${active} of them trading`);
}

/** As far as any venue tells; Binance tells all of these. */
const account = z.object({
  info: z
    .object({ canTrade: z.boolean().optional(), accountType: z.string().optional() })
    .optional()
    .catch(undefined),
});

async function checkCredentials(
  session: CcxtSession,
  { credentials, keyHint }: CheckupOptions,
): Promise<Check> {
  if (credentials === undefined) return warn("credentials", "no API key: public data only", keyHint);
  const { info } = await session.call({
    name: "fetchBalance",
    send: (exchange) => exchange.fetchBalance(),
    read: (answer) => account.parse(answer),
    repeatable: true,
  });
  const kind = info?.accountType === undefined ? "" : ` (${info.accountType} account)`;
  if (info?.canTrade === false) {
    return warn(
      "credentials",
      `accepted${kind}, without the right to trade`,
      "Allow spot trading for the key.",
    );
  }
  return ok("credentials", `accepted${kind}${info?.canTrade ? ", may trade" : ""}`);
}

async function checkSymbol({ exchange, venue }: CcxtSession, text: string): Promise<Check> {
  const symbol = normalizeSymbol(text);
  const market = exchange.markets?.[symbol];
  if (market === undefined) {
    throw new ConnectionError(
      `${venue} has no market ${symbol}.${didYouMean(symbol, exchange.symbols ?? [])}`,
      {
        code: "GEO-VENUE-UNSUPPORTED",
        hint: "Write it as base/quote: BTC/USDT.",
      },
    );
  }
  const { precision, limits } = market;
  const rules = [
    ["tick", precision?.price],
    ["lot", precision?.amount],
    ["smallest quantity", limits?.amount?.min],
    ["smallest value", limits?.cost?.min],
  ].flatMap(([name, value]) => (value === undefined || value === null ? [] : [`${name} ${value}`]));
  const told = `${symbol}: ${rules.join(", ")}`;
  if (market.active !== false) return ok("symbol", told);
  return warn("symbol", `${told}; trading is halted`, "Choose another one, or wait.");
}

function ok(name: string, message: string): Check {
  return { name, status: "ok", message, hint: null, code: null };
}

function warn(name: string, message: string, hint: string): Check {
  return { name, status: "warn", message, hint, code: null };
}
