import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { z } from "zod";
import { ValidationError } from "../../domain/errors.ts";
import type { ProvidedBar } from "../../domain/ports.ts";
import { CandleFile, type CandleRow } from "../candleFile.ts";

const question = z.strictObject({
  provider: z.string(),
  symbol: z.string(),
  timeframe: z.string(),
  adjusted: z.boolean(),
  /** First open time wanted, epoch ms; null: as the file that it goes on with begins. */
  from: z.number().nullable(),
});

/** What a file is being downloaded for. */
export type PartialQuestion = z.infer<typeof question>;

/**
 * A download under way: `FILE.partial` grows at its end, `FILE.partial.json` tells what it is for. In the end it takes
 * the place of `FILE` at once: nobody ever reads half of it.
 */
export class PartialFile {
  readonly question: PartialQuestion;
  /** Whether an earlier download was stopped here. */
  readonly resumed: boolean;
  readonly #path: string;
  readonly #rows: CandleFile;
  #size: number;
  #added = 0;
  #open = true;

  /** @throws ValidationError GEO-FILE, GEO-DATA-HEADER, GEO-DATA-VALUE as a CandleFile */
  private constructor(path: string, asked: PartialQuestion, resumed: boolean) {
    this.#path = path;
    this.question = asked;
    this.resumed = resumed;
    this.#rows = new CandleFile(partOf(path), asked.symbol);
    this.#size = statSync(partOf(path)).size;
  }

  /** The one that was stopped; null when there is none. @throws ValidationError as the constructor */
  static left(path: string): PartialFile | null {
    if (!existsSync(partOf(path))) return null;
    return new PartialFile(path, readQuestion(path), true);
  }

  /** A new one; it begins with the rows of `path`, where there are some. */
  static begin(path: string, asked: PartialQuestion): PartialFile {
    try {
      writeFileSync(noteOf(path), `${JSON.stringify(asked)}\n`);
      if (existsSync(path)) {
        copyFileSync(path, `${partOf(path)}.copy`);
        renameSync(`${partOf(path)}.copy`, partOf(path));
      }
    } catch (cause) {
      throw notWritten(path, cause);
    }
    try {
      return new PartialFile(path, asked, false);
    } catch (error) {
      remove(path);
      throw error;
    }
  }

  get first(): CandleRow | null {
    return this.#rows.first;
  }

  get last(): CandleRow | null {
    return this.#rows.last;
  }

  /** Rows since it was opened. */
  get added(): number {
    return this.#added;
  }

  rowOf(bar: ProvidedBar): string {
    return this.#rows.rowOf({ ...bar, closed: true });
  }

  append(bars: readonly ProvidedBar[]): void {
    if (statSync(partOf(this.#path)).size !== this.#size) {
      throw new ValidationError("GEO-OUTPUT", `${partOf(this.#path)}: another process is writing it`, {
        hint: "Let one download run at a time, or name another file with --out.",
      });
    }
    this.#rows.append(bars.map((bar) => ({ ...bar, closed: true })));
    this.#size = statSync(partOf(this.#path)).size;
    this.#added += bars.length;
  }

  /** It is whole: takes the place of the file. */
  finish(): void {
    this.#close();
    try {
      const descriptor = openSync(partOf(this.#path), "r+");
      fsyncSync(descriptor);
      closeSync(descriptor);
      renameSync(partOf(this.#path), this.#path);
    } catch (cause) {
      throw notWritten(this.#path, cause);
    }
    rmSync(noteOf(this.#path), { force: true });
  }

  /** Stays, to be gone on with; but for a new one that nothing has come to. */
  leave(): void {
    this.#close();
    if (!this.resumed && this.#added === 0) remove(this.#path);
  }

  #close(): void {
    if (this.#open) this.#rows.close();
    this.#open = false;
  }
}

function partOf(path: string): string {
  return `${path}.partial`;
}

function noteOf(path: string): string {
  return `${path}.partial.json`;
}

function remove(path: string): void {
  for (const name of [partOf(path), noteOf(path)]) rmSync(name, { force: true });
}

function readQuestion(path: string): PartialQuestion {
  try {
    return question.parse(JSON.parse(readFileSync(noteOf(path), "utf8")));
  } catch (cause) {
    throw new ValidationError(
      "GEO-FILE",
      `${noteOf(path)}: expected what ${partOf(path)} was begun for: ${(cause as Error).message}`,
      { hint: `Remove ${partOf(path)} to begin anew.`, cause },
    );
  }
}

function notWritten(path: string, cause: unknown): ValidationError {
  return new ValidationError("GEO-OUTPUT", `${path}: ${(cause as Error).message}`, { cause });
}
