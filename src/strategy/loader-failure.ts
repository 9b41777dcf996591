import { SourceMap, type SourceMapPayload } from "node:module";
import { basename } from "node:path";
import { describe } from "../domain/decimal.ts";
import { GeoSyncError, OrderError, ValidationError } from "../domain/errors.ts";
import type { StrategyBundle } from "./loader-bundle.ts";

/** The file name that stack traces show for the evaluated text. */
export function bundleFileName({ name, sha256 }: StrategyBundle): string {
  return `geosync-strategy-${name}-${sha256.slice(0, 12)}.cjs`;
}

/** Where and what a strategy threw, in the author's lines: `momentum.ts:12:5 threw TypeError: …`. */
export function describeFailure(error: unknown, bundle: StrategyBundle): string {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : describe(error);
  return `${placeOf(error, bundle)} threw ${what}`;
}

/**
 * The error to end a run with when a handler threw: errors of ours keep their code and gain the place, everything else
 * is GEO-STRATEGY-THREW. A bug of ours (GEO-INTERNAL) stays as it is.
 */
export function strategyThrew(error: unknown, bundle: StrategyBundle): GeoSyncError {
  if (!(error instanceof GeoSyncError)) {
    const message = `strategy ${describeFailure(error, bundle)}`;
    return new ValidationError("GEO-STRATEGY-THREW", message, { cause: error });
  }
  if (error.exitCode === 1) return error;
  const Kind = error instanceof OrderError ? OrderError : ValidationError;
  const message = `${placeOf(error, bundle)}: ${error.message}`;
  return new Kind(error.code, message, { hint: error.hint, cause: error });
}

/** `momentum.ts:12:5`, or the file alone when the stack does not pass through it. */
function placeOf(error: unknown, bundle: StrategyBundle): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const place = placeInStack(at.stack, bundle);
    if (place !== undefined) return place;
  }
  return basename(bundle.path);
}

function placeInStack(stack: unknown, bundle: StrategyBundle): string | undefined {
  if (typeof stack !== "string") return undefined;
  const map = new SourceMap(JSON.parse(bundle.map) as SourceMapPayload);
  const places: string[] = [];
  for (const line of stack.split("\n")) {
    const at = line.lastIndexOf(`${bundleFileName(bundle)}:`);
    const [row, column] = /:(\d+):(\d+)/.exec(line.slice(at))?.slice(1).map(Number) ?? [];
    if (at < 0 || row === undefined || column === undefined) continue;
    // Source maps count from 0, stack traces and editors from 1.
    const entry = map.findEntry(row - 1, column - 1);
    if (!("originalSource" in entry)) continue;
    places.push(`${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`);
  }
  // The author's own line says more than the library's that it called.
  return places.find((place) => !place.includes("node_modules/")) ?? places[0];
}
