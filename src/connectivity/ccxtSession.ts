import { setMaxListeners } from "node:events";
import { inspect } from "node:util";
import type { Exchange } from "ccxt";
import type { CircuitBreakerPolicy } from "cockatiel";
import { ConnectionError, type GeoSyncError } from "../domain/errors.ts";
import type { Millis } from "../domain/time.ts";
import { type BackoffOptions, backoffOf, pause } from "./backoff.ts";
import { inScope, newScope } from "./callScope.ts";
import { VenueClock } from "./clock.ts";
import { withDeadline } from "./deadline.ts";
import type { HoldOff } from "./holdOff.ts";
import type { Scrub } from "./scrub.ts";
import type { ApiCall, ApiLog, VenueSession } from "./session.ts";
import { type FailedCall, Failure, failureOf, hungUp, timedOut, unreadable } from "./venueErrors.ts";

export interface SessionParts {
  readonly venue: string;
  readonly testnet: boolean;
  readonly exchange: Exchange;
  readonly hold: HoldOff;
  readonly scrub: Scrub;
  readonly log: ApiLog | undefined;
  readonly breaker: CircuitBreakerPolicy;
  readonly retry: RetryOptions;
}

export interface RetryOptions extends BackoffOptions {
  /** Of a question, the first included. @default 4 */
  readonly attempts?: number;
  /** The longest silence asked for by the venue that a question waits out. @default 30000 */
  readonly patienceMs?: number;
}

const deadlineByDefault = 10_000;
const clockEveryMs = 600_000;
/** A venue that does not answer a goodbye is left without one. */
const goodbyeMs = 1_000;

export class CcxtSession implements VenueSession {
  readonly #parts: SessionParts;
  readonly #clock: VenueClock;
  readonly #closing = new AbortController();
  readonly #clockTimer: NodeJS.Timeout;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    // Each call that is under way listens, and takes its listener back: ten are no leak.
    setMaxListeners(0, this.#closing.signal);
    this.#clock = new VenueClock(parts.exchange);
    this.#clockTimer = setInterval(() => this.#measureQuietly(), clockEveryMs).unref();
  }

  get venue(): string {
    return this.#parts.venue;
  }

  get testnet(): boolean {
    return this.#parts.testnet;
  }

  get exchange(): Exchange {
    return this.#parts.exchange;
  }

  get clock(): VenueClock {
    return this.#clock;
  }

  venueTime(): Millis {
    return this.#clock.now();
  }

  /** Time of the venue first: requests are stamped with it. */
  async open(): Promise<void> {
    await this.measureClock();
    await this.loadMarkets();
  }

  async loadMarkets(): Promise<void> {
    await this.call({
      name: "loadMarkets",
      // Anew each time: of an answer that was cut off ccxt makes a list of none, and keeps it.
      send: (exchange) => exchange.loadMarkets(true),
      read: (markets) => {
        if (Object.keys(markets as object).length === 0) throw new Error("a list of no markets");
      },
      repeatable: true,
      deadlineMs: 30_000,
    });
  }

  async measureClock(): Promise<void> {
    await this.call({
      name: "fetchTime",
      send: () => this.#clock.measure(),
      read: () => undefined,
      repeatable: true,
    });
  }

  async call<T>(call: ApiCall<T>): Promise<T> {
    const { attempts = 4 } = this.#parts.retry;
    let backoff: Awaited<ReturnType<typeof backoffOf>> | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#try(call, attempt);
      } catch (thrown) {
        if (!(thrown instanceof Failure)) throw thrown;
        if (thrown.verdict === "clock") await this.#measureAfter(call);
        if (!call.repeatable || !thrown.passing || attempt >= attempts) throw thrown.error;
        backoff ??= await backoffOf(this.#parts.retry);
        await this.#wait(backoff.next());
      }
    }
  }

  failure(thrown: unknown, call: string): GeoSyncError {
    const scope = newScope(this.#closing.signal);
    return failureOf(thrown, {
      ...this.#named({ name: call, repeatable: true }),
      scope: { ...scope, messages: 1 },
    }).error;
  }

  async close(): Promise<void> {
    clearInterval(this.#clockTimer);
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(closedError());
    const { exchange } = this.#parts;
    const lines = Object.values(exchange.clients ?? {}) as { connection?: { terminate?(): void } }[];
    const goodbye = Promise.resolve(exchange.close()).catch(() => undefined);
    const timer = new AbortController();
    await Promise.race([goodbye, pause(goodbyeMs, timer.signal).catch(() => undefined)]);
    timer.abort();
    for (const { connection } of lines) connection?.terminate?.();
    await (
      exchange as unknown as { fetchDispatcher?: { destroy(): Promise<void> } }
    ).fetchDispatcher?.destroy();
  }

  /** The exchange in it knows the secrets. */
  toJSON(): object {
    return { venue: this.venue, testnet: this.testnet };
  }

  [inspect.custom](): string {
    return `VenueSession ${this.venue}${this.testnet ? " testnet" : ""}`;
  }

  /** One try, through the circuit breaker. @throws Failure */
  async #try<T>(call: ApiCall<T>, attempt: number): Promise<T> {
    await this.#admit(call.repeatable);
    const began = performance.now();
    try {
      return await this.#parts.breaker.execute(() => this.#send(call, attempt));
    } catch (thrown) {
      if (thrown instanceof Failure) throw thrown;
      if (!(thrown as { isBrokenCircuitError?: boolean }).isBrokenCircuitError) throw thrown;
      const failure = new Failure(brokenError(`${this.venue} ${call.name}`));
      this.#record(call, attempt, began, failure.error.code, undefined);
      throw failure;
    }
  }

  async #send<T>(call: ApiCall<T>, attempt: number): Promise<T> {
    const { exchange } = this.#parts;
    const deadlineMs = call.deadlineMs ?? deadlineByDefault;
    const began = performance.now();
    const abandoned = new AbortController();
    const scope = newScope(abandoned.signal);
    const facts: FailedCall = { ...this.#named(call), scope };
    try {
      const answer = await withDeadline(() => inScope(scope, () => Promise.resolve(call.send(exchange))), {
        deadlineMs,
        abandoned,
        closing: this.#closing.signal,
        late: () => timedOut(deadlineMs, facts),
        closed: () => hungUp(facts),
      }).catch((thrown: unknown) => {
        throw thrown instanceof Failure ? thrown : failureOf(thrown, facts);
      });
      const result = readAnswer(call, answer, facts);
      this.#record(call, attempt, began, "ok", scope.status);
      return result;
    } catch (thrown) {
      this.#record(call, attempt, began, (thrown as Failure).error.code, scope.status);
      throw thrown;
    }
  }

  /** Waits out a silence when the caller can, or refuses. @throws Failure */
  async #admit(patient: boolean): Promise<void> {
    const { hold, retry } = this.#parts;
    if (this.#closing.signal.aborted) throw new Failure(closedError());
    // Again when it woke early: timers run by another clock than the venue's date does.
    while (patient && hold.remaining > 0 && hold.remaining <= (retry.patienceMs ?? 30_000)) {
      await this.#wait(hold.remaining);
    }
    try {
      hold.check();
    } catch (thrown) {
      throw new Failure(thrown as GeoSyncError);
    }
  }

  async #wait(ms: number): Promise<void> {
    await pause(ms, this.#closing.signal);
  }

  async #measureAfter(call: ApiCall<unknown>): Promise<void> {
    if (call.name !== "fetchTime") await this.measureClock().catch(() => undefined);
  }

  #measureQuietly(): void {
    this.measureClock().catch(() => undefined);
  }

  #named({ name, repeatable }: { name: string; repeatable: boolean }): Omit<FailedCall, "scope"> {
    return { venue: this.venue, call: name, repeatable, scrub: this.#parts.scrub };
  }

  #record(
    call: ApiCall<unknown>,
    attempt: number,
    began: number,
    outcome: string,
    status: number | undefined,
  ): void {
    const ms = Math.round((performance.now() - began) * 1000) / 1000;
    const record = { venue: this.venue, call: call.name, ms, attempt, outcome };
    this.#parts.log?.record(status === undefined ? record : { ...record, status });
  }
}

function readAnswer<T>(call: ApiCall<T>, answer: unknown, facts: FailedCall): T {
  try {
    return call.read(answer);
  } catch (thrown) {
    throw unreadable(thrown, facts);
  }
}

function closedError(): ConnectionError {
  return new ConnectionError("The session with the venue was closed.", { hint: "Open another one." });
}

function brokenError(call: string): ConnectionError {
  return new ConnectionError(`${call}, nothing was sent: the venue failed too often in a row.`, {
    hint: "After a short pause one request tries again; when it works, all do.",
  });
}
