import { inspect } from "node:util";
import type { Exchange } from "ccxt";
import type { Credentials } from "../domain/ports.ts";
import { exchangeClass, exchangeIds } from "./ccxtClass.ts";
import { CcxtSession, type RetryOptions } from "./ccxtSession.ts";
import { checkedEndpoints, hostsOf, redirect } from "./endpoints.ts";
import { HoldOff } from "./holdOff.ts";
import { signWithNode } from "./nodeHmac.ts";
import { quietClients } from "./quietClients.ts";
import { scrubberOf } from "./scrub.ts";
import type { SessionOptions, VenueSession } from "./session.ts";
import { watchDoors } from "./transport.ts";
import { Failure } from "./venueErrors.ts";
import { requireSandbox, type Venue, venueOf, venues } from "./venues.ts";

export interface OpenSessionOptions extends SessionOptions {
  readonly retry?: RetryOptions;
}

/**
 * Connects to a venue: its clock measured, its markets loaded. Close it when done.
 * @throws ConnectionError GEO-VENUE-UNSUPPORTED for a venue unknown or without the sandbox asked for; else as `call`
 */
export async function openSession(options: OpenSessionOptions): Promise<VenueSession> {
  const session = await connectedSession(options);
  try {
    await session.open();
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** The session before its first request, for those who look at how it opens. */
export async function connectedSession(options: OpenSessionOptions): Promise<CcxtSession> {
  const venue = await knownVenue(options.venue);
  if (options.testnet) requireSandbox(venue);
  const exchange = await exchangeOf(venue, options);
  const hold = new HoldOff();
  const guarded = options.testnet || options.endpoints !== undefined;
  watchDoors(exchange, { hosts: guarded ? hostsOf(exchange) : undefined, hold, safe: options.safe });
  return new CcxtSession({
    venue: venue.id,
    testnet: options.testnet,
    exchange,
    hold,
    scrub: scrubberOf(options.credentials),
    log: options.log,
    breaker: await breakerOf(),
    retry: options.retry ?? {},
  });
}

/** The venue of that name; those of the table need no look at ccxt. */
export async function knownVenue(name: string): Promise<Venue> {
  return venueOf(name, name.trim().toLowerCase() in venues ? [] : await exchangeIds());
}

async function exchangeOf(
  venue: Venue,
  { credentials, testnet, endpoints }: OpenSessionOptions,
): Promise<Exchange> {
  const Venue = await exchangeClass(venue.id);
  const pace = { rateLimiterAlgorithm: venue.pace === "window" ? "rollingWindow" : "leakyBucket" };
  const exchange = new Venue({
    ...keysOf(credentials),
    ...common,
    ...pace,
    options: { ...caches, ...venue.options },
  });
  // Streams made later take theirs from here: messages on a WebSocket are limited by the second everywhere.
  exchange.tokenBucket = Object.assign({}, exchange.tokenBucket, { algorithm: "leakyBucket" });
  // With `number: String` the weights of its limiter are texts, which it adds up.
  const throttle = exchange.throttle.bind(exchange);
  exchange.throttle = (weight) => throttle(Number(weight ?? 1));
  if (testnet) exchange.setSandboxMode(true);
  if (endpoints !== undefined) redirect(exchange, checkedEndpoints(endpoints));
  // Plain ws:// needs it; it reaches for nothing.
  await exchange.loadHttpProxyAgent();
  signWithNode(exchange);
  hideSecrets(exchange);
  quietClients(exchange);
  return exchange;
}

const common = {
  enableRateLimit: true,
  // Ours is shorter and covers the body, too.
  timeout: 120_000,
  // Doubles would lose digits of prices and quantities.
  number: String,
  // A streaming session reads it all itself.
  newUpdates: true,
} as const;

/** Entries of each cache, a symbol: what comes between two looks at it must fit, weeks must not. */
const caches = {
  tradesLimit: 1000,
  myTradesLimit: 1000,
  ordersLimit: 1000,
  OHLCVLimit: 200,
  liquidationsLimit: 1,
  myLiquidationsLimit: 1,
  // Sends an order again after a time-out, when it may be there already.
  maxRetriesOnFailure: 0,
  // Ours to measure, again and again.
  adjustForTimeDifference: false,
} as const;

function keysOf(credentials: Credentials | undefined): Record<string, string> {
  if (credentials === undefined) return {};
  const { apiKey, apiSecret, passphrase } = credentials;
  return { apiKey, secret: apiSecret, ...(passphrase === undefined ? {} : { password: passphrase }) };
}

function hideSecrets(exchange: Exchange): void {
  const told = { id: exchange.id };
  Object.defineProperty(exchange, inspect.custom, { value: () => `Exchange ${exchange.id}` });
  Object.defineProperty(exchange, "toJSON", { value: () => told });
}

async function breakerOf() {
  const { circuitBreaker, ConsecutiveBreaker, ExponentialBackoff, handleWhen } = await import("cockatiel");
  return circuitBreaker(
    handleWhen((error) => error instanceof Failure && error.outage),
    {
      breaker: new ConsecutiveBreaker(8),
      halfOpenAfter: new ExponentialBackoff({ initialDelay: 2_000, maxDelay: 30_000 }),
    },
  );
}
