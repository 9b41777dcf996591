import { createHash } from "node:crypto";
import { StringDecoder } from "node:string_decoder";
import { openFile } from "./csvHead.ts";
import { packed, unpacked } from "./fileBytes.ts";
import { faultError } from "./rowFault.ts";

/** Lines of a file, without their ends. */
export interface Lines {
  readonly texts: readonly string[];
  /** 1-based number of the first of them. */
  readonly first: number;
}

export interface LinePlan {
  readonly gzip: boolean;
  readonly hash: boolean;
  readonly signal: AbortSignal | undefined;
}

/** A snapshot of a deep order book is a line of some hundred kilobytes. */
const longestLine = 16 << 20;

/** A text file, packed or plain, a portion of lines at a time. For files whose rows are worth a call each. */
export class TextLines {
  /** Of the file's bytes, once all its lines were read or `finish` was called; null when not asked for. */
  sha256: string | null = null;
  readonly #path: string;
  readonly #plan: LinePlan;
  #stopped = false;

  constructor(path: string, plan: LinePlan) {
    this.#path = path;
    this.#plan = plan;
  }

  /** The lines still to come are not wanted: only the hash is finished. */
  stop(): void {
    this.#stopped = true;
  }

  async *portions(): AsyncGenerator<Lines, void, undefined> {
    const { gzip, hash: hashed, signal } = this.#plan;
    const hash = hashed ? createHash("sha256") : null;
    const handle = await openFile(this.#path);
    try {
      const decoder = new StringDecoder("utf8");
      let rest = "";
      let first = 1;
      for await (const piece of gzip ? unpacked(this.#path, handle, hash) : packed(handle, hash)) {
        signal?.throwIfAborted();
        if (this.#stopped && hash === null) return;
        if (this.#stopped) continue;
        const texts = (rest + decoder.write(piece)).split("\n");
        rest = texts.pop()!;
        if (rest.length > longestLine) throw this.#tooLong(first + texts.length);
        if (texts.length > 0) yield { texts, first };
        first += texts.length;
      }
      if (rest !== "" && !this.#stopped) yield { texts: [rest], first };
      this.sha256 = hash?.digest("hex") ?? null;
    } finally {
      await handle.close();
    }
  }

  #tooLong(line: number) {
    const expected = "a line of at most 16 MiB";
    const fault = { line, column: null, expected, found: "a longer one", skippable: false } as const;
    return faultError(this.#path, { ...fault, code: "GEO-DATA-VALUE" });
  }
}
