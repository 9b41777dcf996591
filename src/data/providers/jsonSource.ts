import { backoffOf, pause } from "../../connectivity/backoff.ts";
import { scrubbedMessage, scrubberOf } from "../../connectivity/scrub.ts";
import { ConnectionError, type ConnectionErrorCode, ValidationError } from "../../domain/errors.ts";
import type { RateLimits } from "../../domain/ports.ts";
import { Pace } from "./pace.ts";
import { requestLogIn } from "./requestLog.ts";

export interface JsonSourceOptions {
  /** For messages. */
  readonly name: string;
  /** Everything is asked below it. https, or http on this machine: keys travel in the query. */
  readonly url: string;
  readonly limits: RateLimits;
  /** Never shown in an error. */
  readonly secret?: string | undefined;
  /** A folder that remembers when requests were sent, so that the next run keeps to the limits, too. @default none */
  readonly memory?: string | undefined;
  /** Of a question, the first included. @default 5 */
  readonly attempts?: number;
  /** Before the second try, ms; longer each time. @default 500 */
  readonly firstPauseMs?: number;
  /** Of each try, the body included, ms. @default 60000 */
  readonly deadlineMs?: number;
}

export interface JsonQuestion<T> {
  /** Below the address: `stable/stock/IBM/chart/1y`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The answer as it is used. @throws ConnectionError for a refusal, or `Passing` around one that time heals */
  read(answer: unknown): T;
  readonly signal: AbortSignal;
}

/** A failure that may be gone when it is asked again, after this time at least. */
export class Passing extends Error {
  readonly error: ConnectionError;
  readonly afterMs: number;

  constructor(error: ConnectionError, afterMs = 0) {
    super(error.message);
    this.error = error;
    this.afterMs = afterMs;
  }
}

/** A silence that a provider asks for is kept up to this; a longer one ends the download, which can be gone on with. */
const longestSilence = 60_000;

/** JSON over HTTP from one address: paced, with deadlines and retries, and without a key in any error. */
export class JsonSource {
  readonly #options: JsonSourceOptions;
  readonly #base: string;
  readonly #pace: Pace;

  /** @throws ValidationError GEO-OPTION-VALUE when the address is none */
  constructor(options: JsonSourceOptions) {
    this.#options = options;
    this.#base = checkedAddress(options.url, options.name);
    const { name, limits, memory } = options;
    this.#pace = new Pace(name, limits, memory === undefined ? undefined : requestLogIn(memory, options));
  }

  /** @throws ConnectionError as a DataProvider; what the signal was aborted for */
  async ask<T>(question: JsonQuestion<T>): Promise<T> {
    const { attempts = 5, firstPauseMs = 500 } = this.#options;
    const backoff = await backoffOf({ initialMs: firstPauseMs, maxMs: 30_000 });
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#pace.turn(question.signal);
        return question.read(await this.#fetch(question));
      } catch (error) {
        question.signal.throwIfAborted();
        if (!(error instanceof Passing)) throw error;
        if (attempt >= attempts || error.afterMs > longestSilence) throw error.error;
        await pause(Math.max(backoff.next(), error.afterMs), question.signal);
      }
    }
  }

  /** The error of that code, in words that hold no key. */
  failure(code: ConnectionErrorCode, words: string, hint: string): ConnectionError {
    const secret = this.#options.secret ?? "";
    const clean = scrubbedMessage(words, scrubberOf({ apiKey: secret, apiSecret: secret }));
    return new ConnectionError(`${this.#options.name}: ${clean}`, { code, hint });
  }

  async #fetch<T>({ path, query, signal }: JsonQuestion<T>): Promise<unknown> {
    const url = `${this.#base}/${path}?${new URLSearchParams(query)}`;
    const deadline = AbortSignal.timeout(this.#options.deadlineMs ?? 60_000);
    let answer: Response;
    let text: string;
    try {
      // A redirect would carry the key to wherever it leads.
      answer = await fetch(url, { signal: AbortSignal.any([signal, deadline]), redirect: "error" });
      text = await answer.text();
    } catch (error) {
      const reason = deadline.aborted ? "no answer in time" : reasonOf(error);
      const hint = "Check network and address; the same command goes on where it stopped.";
      throw new Passing(this.failure("GEO-CONNECTION", reason, hint));
    }
    if (!answer.ok) throw this.#refusal(answer, text);
    try {
      return JSON.parse(text);
    } catch {
      const words = `expected JSON, found ${JSON.stringify(text.slice(0, 80))}`;
      throw new Passing(this.failure("GEO-VENUE-ANSWER", words, "Try again later."));
    }
  }

  #refusal(answer: Response, text: string): Error {
    const { status } = answer;
    const words = `it answered ${status}: ${text.trim().slice(0, 200) || "nothing"}`;
    const limited = (hint: string) => this.failure("GEO-VENUE-LIMITED", words, hint);
    if (status === 429) return new Passing(limited("Go on later with the same command."), retryAfter(answer));
    if (status >= 500) {
      const hint = "The provider has trouble of its own: go on later with the same command.";
      return new Passing(this.failure("GEO-CONNECTION", words, hint));
    }
    if (status === 401 || status === 403) return this.failure("GEO-CREDENTIALS", words, "Check the key.");
    if (status === 402) return limited("The plan's requests are used up, or it does not have these data.");
    return this.failure("GEO-VENUE-UNSUPPORTED", words, "Check the symbol, and what your plan includes.");
  }
}

/** What fetch hides in the cause: ECONNREFUSED. */
function reasonOf(error: unknown): string {
  const cause = (error as { readonly cause?: unknown }).cause as NodeJS.ErrnoException | undefined;
  return `it could not be reached: ${cause?.code ?? cause?.message ?? (error as Error).message}`;
}

/** RFC 9110, 10.2.3: seconds or a date. */
function retryAfter(answer: Response): number {
  const text = answer.headers.get("retry-after") ?? "";
  if (text === "") return 1000;
  const seconds = Number(text);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? 1000 : Math.max(0, ms);
}

function checkedAddress(text: string, name: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = ["127.0.0.1", "localhost", "[::1]"].includes(url?.hostname ?? "");
  const safe = url?.protocol === "https:" || (local && url?.protocol === "http:");
  if (url !== undefined && safe && url.search === "" && url.hash === "" && url.username === "") {
    return url.href.replace(/\/+$/, "");
  }
  throw new ValidationError(
    "GEO-OPTION-VALUE",
    `address of ${name}: expected one such as https://example.com (http on this machine alone), without a query, found "${text}"`,
  );
}
