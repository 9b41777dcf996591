import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The failure that it reported, and what it said on stderr last. */
  readonly said: string;
}

type Line = { readonly event?: string; readonly [name: string]: unknown };

/** A process of ours that prints lines of JSON. */
export class Child {
  readonly ended: Promise<ChildEnd>;
  readonly #process: ChildProcess;
  readonly #onLine: (line: Line) => void;
  #failure = "";
  #stderr = "";

  constructor(
    command: readonly string[],
    options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly onLine: (line: Line) => void },
  ) {
    const { cwd, env } = options;
    this.#onLine = options.onLine;
    const [file, ...args] = command;
    this.#process = spawn(file!, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    createInterface({ input: this.#process.stdout! }).on("line", (text) => this.#hear(text));
    this.#process.stderr!.on("data", (text) => {
      this.#stderr = `${this.#stderr}${text}`.slice(-2000);
    });
    this.ended = new Promise((resolve, reject) => {
      this.#process.once("error", reject);
      // Not "exit": what it had printed is to be heard first.
      this.#process.once("close", (code, signal) =>
        resolve({ code, signal, said: `${this.#failure}${this.#stderr}`.trim() }),
      );
    });
  }

  end(signal: "SIGTERM" | "SIGKILL"): void {
    this.#process.kill(signal);
  }

  /** A failure is reported as a document of several lines; and a kill may cut one. */
  #hear(text: string): void {
    let line: Line;
    try {
      line = JSON.parse(text) as Line;
    } catch {
      this.#failure = `${this.#failure}${text.trim()} `.slice(-1000);
      return;
    }
    this.#onLine(line);
  }
}
