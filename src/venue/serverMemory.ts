import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { ValidationError } from "../domain/errors.ts";
import type { LocalExchange } from "./exchange.ts";
import type { ChangeRecord, ExchangeState, SavedExchange } from "./savedState.ts";

/**
 * What an exchange was like, in a file: its whole state on the first line, then a line for each change. A change is on
 * disk before anyone is told of it, so that whatever ends the process, nothing that was acknowledged is lost.
 */
export class VenueFile {
  readonly #path: string;
  #file: number | null = null;
  #pending = "";

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Null when there is no such file, or it is empty.
   * @throws ValidationError GEO-FILE for a file that is no venue's, or is damaged elsewhere than at its very end
   */
  load(): SavedExchange | null {
    if (!existsSync(this.#path)) return null;
    const lines = readFileSync(this.#path, "utf8").split("\n");
    // The last one has no line feed when it was being written as the process died: nobody was told of it.
    lines.pop();
    const [first, ...rest] = lines;
    if (first === undefined) return null;
    const state = this.#parse(first, 1) as ExchangeState;
    if (state.version !== 1) throw this.#foreign(1, "it has no version that is known");
    const changes = rest.map((line, index) => this.#parse(line, index + 2) as ChangeRecord);
    return { state, changes };
  }

  /** From now on the changes of this exchange are kept; the file begins anew with its state. @throws ValidationError GEO-OUTPUT */
  follow(exchange: LocalExchange): void {
    this.close();
    this.#rewrite(`${JSON.stringify(exchange.exportState())}\n`);
    exchange.onChange((record) => {
      this.#pending += `${JSON.stringify(record)}\n`;
    });
  }

  /** Everything that changed is on disk when this returns. */
  save(): void {
    if (this.#pending === "" || this.#file === null) return;
    const text = this.#pending;
    this.#pending = "";
    writeSync(this.#file, text);
    fdatasyncSync(this.#file);
  }

  /** The next exchange begins anew. */
  forget(): void {
    this.close();
    rmSync(this.#path, { force: true });
  }

  close(): void {
    this.save();
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  /** Beside the file first, so that there is a whole one at any moment. */
  #rewrite(text: string): void {
    const fresh = `${this.#path}.new`;
    try {
      const file = openSync(fresh, "w");
      writeSync(file, text);
      fsyncSync(file);
      renameSync(fresh, this.#path);
      this.#file = file;
    } catch (cause) {
      throw new ValidationError(
        "GEO-OUTPUT",
        `${this.#path}: cannot be written: ${(cause as Error).message}`,
        {
          hint: "--state names a file in a folder that exists and can be written to.",
          cause,
        },
      );
    }
  }

  #parse(line: string, number: number): unknown {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      throw this.#foreign(number, "it is no JSON");
    }
  }

  #foreign(line: number, why: string): ValidationError {
    return new ValidationError(
      "GEO-FILE",
      `${this.#path}, line ${line}: expected the state of a venue, but ${why}`,
      {
        hint: "Name another file, or remove this one to begin anew.",
      },
    );
  }
}
