import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dayMs, type Millis } from "../../domain/time.ts";

/** When the requests of the last day began, from one run of the program to the next. */
export interface RequestLog {
  /** Oldest first, epoch ms. */
  read(): readonly Millis[];
  add(time: Millis): void;
}

/** Of what a run forgets, nothing is known to the next. */
export const forgetful: RequestLog = { read: () => [], add: () => {} };

export interface RequestPlan {
  readonly name: string;
  readonly url: string;
  readonly secret?: string | undefined;
}

/**
 * A file with a line a request. Each plan has its own, told apart by a digest of address and key, which are not kept.
 * Where it cannot be written, each run keeps to the limits for itself.
 */
export function requestLogIn(folder: string, { name, url, secret = "" }: RequestPlan): RequestLog {
  const plan = createHash("sha256").update(`${url}\n${secret}`).digest("hex").slice(0, 12);
  const path = join(folder, `${name.replace(/[^\w.-]/g, "_")}-${plan}.requests`);
  return {
    read() {
      const now = Date.now();
      const all = linesOf(path).map(Number);
      const recent = all.filter((time) => time > now - dayMs && time <= now).sort((a, b) => a - b);
      if (recent.length < all.length) quietly(() => replace(path, recent));
      return recent;
    },
    add(time) {
      quietly(() => {
        mkdirSync(folder, { recursive: true });
        appendFileSync(path, `${time}\n`);
      });
    },
  };
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\n").slice(0, -1);
  } catch {
    return [];
  }
}

function replace(path: string, times: readonly Millis[]): void {
  writeFileSync(`${path}.new`, times.map((time) => `${time}\n`).join(""));
  renameSync(`${path}.new`, path);
}

function quietly(write: () => void): void {
  try {
    write();
  } catch {}
}
