import type { Ora } from "ora";
import { type Session, showsColor } from "./session.ts";

export interface Progress {
  /** @param share of the input read, 0 to 1 @param rows read so far */
  readonly update: (share: number, rows: number) => void;
  /** A line beside the spinner. */
  readonly log: (line: string) => void;
  readonly stop: () => void;
}

/** What is faster than this needs no progress. */
const patienceMs = 300;

/**
 * A spinner on stderr with per cent and speed; nothing where stderr is no terminal. It turns when it is told of
 * progress: a run leaves timers little time.
 */
export function startProgress(session: Session): Progress {
  const started = performance.now();
  const spinner = process.stderr.isTTY === true ? loadSpinner(session) : { ora: undefined };
  let running = true;
  const stop = (): void => {
    running = false;
    spinner.ora?.stop();
  };
  session.signal.addEventListener("abort", stop);
  return {
    update(share, rows) {
      const elapsed = performance.now() - started;
      if (!running || elapsed < patienceMs || spinner.ora === undefined) return;
      spinner.ora.text = progressText(share, rows, elapsed);
      if (!spinner.ora.isSpinning) spinner.ora.start();
      spinner.ora.render();
    },
    log(line) {
      if (spinner.ora?.isSpinning === true) spinner.ora.clear();
      session.note(line);
    },
    stop,
  };
}

/** Begun at once, while the strategy is being bundled: once bars are flowing, imports would take seconds. */
function loadSpinner({ env }: Session): { ora: Ora | undefined } {
  const spinner: { ora: Ora | undefined } = { ora: undefined };
  void import("ora").then(({ default: ora }) => {
    // Raw mode on stdin would swallow Ctrl-C while a chunk is being worked on.
    const color = showsColor(process.stderr, env) ? "cyan" : false;
    spinner.ora = ora({ stream: process.stderr, discardStdin: false, color });
  });
  return spinner;
}

export function progressText(share: number, rows: number, elapsedMs: number): string {
  const perSecond = Math.round((rows / elapsedMs) * 1000);
  return `${Math.floor(share * 100)} %, ${perSecond.toLocaleString("en-US")} bars/s`;
}
