import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** Why a session may open nothing, and whether it is to close what it holds. */
export interface HaltOrder {
  readonly because: string;
  readonly flatten: boolean;
}

const shape = z.object({ because: z.string().min(1), flatten: z.boolean().default(false) });

/**
 * The kill switch of a session: a file `HALT` in its folder. While it is there nothing is opened, now and after every
 * start. Any program can make it: one that holds no JSON halts, too.
 */
export class HaltFile {
  readonly path: string;

  constructor(sessionFolder: string) {
    this.path = join(sessionFolder, "HALT");
  }

  /** Null when trading may go on. Fails closed: a file that can't be read halts. */
  read(): HaltOrder | null {
    if (!existsSync(this.path)) return null;
    try {
      const text = readFileSync(this.path, "utf8");
      const parsed = shape.safeParse(text.trim().startsWith("{") ? JSON.parse(text) : undefined);
      if (parsed.success) return parsed.data;
      return { because: text.trim().slice(0, 200) || `the file ${this.path}`, flatten: false };
    } catch {
      return { because: `the file ${this.path}`, flatten: false };
    }
  }

  write(order: HaltOrder): void {
    // Whole or not at all: it is read while it is written.
    const draft = `${this.path}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(order)}\n`, { flush: true });
    renameSync(draft, this.path);
  }

  /** False when it was not there. */
  lift(): boolean {
    if (!existsSync(this.path)) return false;
    rmSync(this.path);
    return true;
  }
}
