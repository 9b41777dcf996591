import { backoffOf, pause } from "../backoff.ts";
import type { Notice, NoticeTarget } from "./target.ts";

export interface NotifierOptions {
  readonly targets: readonly NoticeTarget[];
  /** What could not be told, without any secret. */
  readonly onProblem: (message: string) => void;
  /** Tries of a notice, the first included. @default 6 */
  readonly attempts?: number;
  /** Pause before the second try, ms. @default 1000 */
  readonly firstPauseMs?: number;
  /** Of each try, ms. @default 10000 */
  readonly deadlineMs?: number;
}

/** Notices that wait; more than that, and the oldest are left out: they must not hold up or outgrow a session. */
const mostWaiting = 100;

/** Sends notices beside a session: nobody waits for it, and what it can't send it gives up. */
export class Notifier {
  readonly #lines: readonly Line[];

  constructor(options: NotifierOptions) {
    this.#lines = options.targets.map((target) => new Line(target, options));
  }

  /** Returns at once, and never throws. */
  send(notice: Notice): void {
    for (const line of this.#lines) line.send(notice);
  }

  /** Gives what waits so much time, and drops the rest. */
  async close(patienceMs: number): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.close(patienceMs)));
  }
}

/** The way to one target: one notice after the other. */
class Line {
  readonly #target: NoticeTarget;
  readonly #options: NotifierOptions;
  readonly #stop = new AbortController();
  #waiting: Notice[] = [];
  #left = 0;
  #sending: Promise<void> | null = null;

  constructor(target: NoticeTarget, options: NotifierOptions) {
    this.#target = target;
    this.#options = options;
  }

  send(notice: Notice): void {
    this.#waiting.push(notice);
    if (this.#waiting.length > mostWaiting) {
      this.#waiting.shift();
      this.#left++;
    }
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
  }

  async close(patienceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#stop.abort(), patienceMs);
    await this.#sending;
    clearTimeout(timer);
  }

  async #sendAll(): Promise<void> {
    for (let notice = this.#waiting.shift(); notice !== undefined; notice = this.#waiting.shift()) {
      const problem = await this.#sendOne(this.#withLeft(notice));
      if (problem === null) continue;
      this.#options.onProblem(`${this.#target.name} was not told (${notice.kind}): ${problem}`);
      if (this.#stop.signal.aborted) return;
    }
  }

  #withLeft(notice: Notice): Notice {
    if (this.#left === 0) return notice;
    const text = `${notice.text} (${this.#left} notices before it were left out)`;
    this.#left = 0;
    return { ...notice, text };
  }

  /** Null when it was taken; else why not. */
  async #sendOne(notice: Notice): Promise<string | null> {
    const { attempts = 6, firstPauseMs = 1000 } = this.#options;
    const backoff = await backoffOf({ initialMs: firstPauseMs });
    for (let attempt = 1; ; attempt++) {
      const { problem, mayPass, afterMs } = await this.#try(notice);
      if (problem === null || !mayPass || attempt >= attempts) return problem;
      try {
        await pause(Math.max(backoff.next(), afterMs), this.#stop.signal);
      } catch {
        return `${problem}, and there was no time to try again`;
      }
    }
  }

  async #try(notice: Notice): Promise<Tried> {
    const { url, body } = this.#target;
    const deadline = AbortSignal.timeout(this.#options.deadlineMs ?? 10_000);
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body(notice)),
        signal: AbortSignal.any([deadline, this.#stop.signal]),
        redirect: "error",
      });
      await answer.body?.cancel();
      if (answer.ok) return { problem: null, mayPass: false, afterMs: 0 };
      const mayPass = answer.status === 429 || answer.status >= 500;
      return { problem: `it answered ${answer.status}`, mayPass, afterMs: retryAfter(answer) };
    } catch {
      // The message of the error has the address, which is a secret.
      const problem = deadline.aborted ? "it did not answer in time" : "it could not be reached";
      return { problem, mayPass: !this.#stop.signal.aborted, afterMs: 0 };
    }
  }
}

interface Tried {
  readonly problem: string | null;
  readonly mayPass: boolean;
  /** The target wants to be left alone for so long. */
  readonly afterMs: number;
}

/** RFC 9110, 10.2.3, in seconds; at most a minute. */
function retryAfter(answer: Response): number {
  const seconds = Number(answer.headers.get("retry-after") ?? 0);
  return Number.isFinite(seconds) ? Math.min(seconds, 60) * 1000 : 0;
}
