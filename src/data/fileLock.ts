import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { ValidationError } from "../domain/errors.ts";

/**
 * Keeps a file to one writer: `FILE.lock` names the process that has it. It goes with the process when that ends by
 * itself; one that a killed process left behind is taken over.
 */
export class FileLock {
  readonly #path: string;
  readonly #release = () => this.release();

  /** @throws ValidationError GEO-OUTPUT when another has it, GEO-FILE when it cannot be written */
  constructor(path: string) {
    this.#path = `${path}.lock`;
    if (!this.#take()) {
      refuseLiving(path, this.#path);
      rmSync(this.#path, { force: true });
      if (!this.#take()) throw inUse(path, this.#path, "another process");
    }
    process.once("exit", this.#release);
  }

  release(): void {
    process.off("exit", this.#release);
    rmSync(this.#path, { force: true });
  }

  #take(): boolean {
    try {
      const descriptor = openSync(this.#path, "wx");
      writeSync(descriptor, `${process.pid} ${hostname()}\n`);
      closeSync(descriptor);
      return true;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw new ValidationError("GEO-FILE", `${this.#path}: cannot be written: ${(cause as Error).message}`, {
        cause,
      });
    }
  }
}

/** Of a process on another machine nobody here can say whether it lives. */
function refuseLiving(path: string, lock: string): void {
  const [pid = "", host = ""] = textOf(lock).trim().split(" ");
  if (host !== hostname()) throw inUse(path, lock, `process ${pid || "?"} on ${host || "another machine"}`);
  if (isAlive(Number(pid))) throw inUse(path, lock, `process ${pid}`);
}

/** Empty while its owner is about to write it, or has just gone. */
function textOf(lock: string): string {
  try {
    return readFileSync(lock, "utf8");
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function inUse(path: string, lock: string, who: string): ValidationError {
  return new ValidationError(
    "GEO-OUTPUT",
    `${path}: expected a file that nobody else writes, found a download into it under way (${who})`,
    {
      hint: `Let it finish, or name another file with --out. When no such download runs, remove ${lock}.`,
    },
  );
}
