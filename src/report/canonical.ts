import { createHash } from "node:crypto";
import type { BacktestDocument } from "./document.ts";

/**
 * Hexadecimal SHA-256 of what the run did: the document with sorted keys, without what may differ between two runs that
 * are the same. That is id, duration and paths (which messages of warnings name too), and what was asserted of
 * it or asked about it.
 */
export function canonicalHash(document: BacktestDocument): string {
  const { run, warnings, assertions: _, explain: _explain, ...rest } = document;
  const { id: _id, durationMs: _duration, ...facts } = run;
  const same = {
    ...rest,
    run: { ...facts, strategy: withoutPath(run.strategy), data: run.data.map(withoutPath) },
    warnings: warnings.map(({ code }) => code),
  };
  return createHash("sha256")
    .update(JSON.stringify(sorted(same)))
    .digest("hex");
}

function withoutPath<T extends { readonly path: string }>({ path: _, ...rest }: T): Omit<T, "path"> {
  return rest;
}

/** The value with the keys of its objects sorted, which JSON.stringify keeps. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  const result: Record<string, unknown> = {};
  for (const key of sortedKeys(Object.keys(fields))) result[key] = sorted(fields[key]);
  return result;
}

let lastKeys: readonly string[] = [];
let lastSorted: readonly string[] = [];

/** Trade after trade has the same keys: sorting them once makes long documents more than twice as fast. */
function sortedKeys(keys: readonly string[]): readonly string[] {
  if (keys.length !== lastKeys.length || keys.some((key, i) => key !== lastKeys[i])) {
    lastKeys = keys;
    lastSorted = [...keys].sort();
  }
  return lastSorted;
}
