import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { resolveSettings } from "../config/resolve.ts";
import { ValidationError } from "../domain/errors.ts";
import { formatFixed } from "../domain/fixed.ts";
import { computeFromInput, readTradeInput } from "../metrics/input.ts";
import type { Metrics } from "../metrics/panel.ts";
import { parseAssertion } from "../report/assertions.ts";
import type { AssertionResult } from "../report/document.ts";
import { jsonLines } from "../report/json.ts";
import { checked, noteFailures } from "./assertions.ts";
import type { Session } from "./session.ts";

export interface MetricsRequest {
  readonly file: string;
  readonly flags: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly json: boolean;
}

/** What `geosync metrics --json` prints: schema geosync.metrics/1. */
interface MetricsDocument {
  readonly schema: "geosync.metrics/1";
  readonly metrics: Metrics;
  readonly assertions?: readonly AssertionResult[];
}

/** @throws GeoSyncError */
export async function runMetrics({ file, flags, json }: MetricsRequest, session: Session): Promise<void> {
  const { single, assert } = resolveSettings({ flags, env: {}, file: null });
  const assertions = assert.map(({ value, at }) => parseAssertion(value, at));
  const metrics = computeFromInput(readTradeInput(await readJson(file, session.cwd)), {
    // The default capital is that of a backtest; here nothing is known of it unless it is given.
    cash: single.cash?.origin === "flag" ? formatFixed(single.cash.value) : undefined,
    periodsPerYear: single.periodsPerYear?.value,
    riskFreeRate: single.riskFree?.origin === "flag" ? single.riskFree.value : undefined,
  });
  const document: MetricsDocument = checked({ schema: "geosync.metrics/1", metrics }, assertions);
  if (json) await session.print(jsonLines(document));
  else {
    const { renderMetrics } = await import("../report/table.ts");
    await session.print([renderMetrics(metrics, document.assertions ?? [], session)]);
  }
  noteFailures(document.assertions, session);
}

async function readJson(file: string, cwd: string): Promise<unknown> {
  const name = file === "-" ? "stdin" : file;
  const content = await contentOf(file, cwd);
  try {
    return JSON.parse(content.replace(/^\uFEFF/, "")) as unknown;
  } catch (cause) {
    throw new ValidationError("GEO-VALUE", `${name}: expected JSON: ${(cause as Error).message}`, {
      hint: "geosync backtest writes such a file with --trades or --json.",
      cause,
    });
  }
}

async function contentOf(file: string, cwd: string): Promise<string> {
  if (file === "-") return text(process.stdin);
  try {
    return readFileSync(resolve(cwd, file), "utf8");
  } catch (cause) {
    throw new ValidationError("GEO-FILE", `${file}: expected a readable file: ${(cause as Error).message}`, {
      hint: "Name a JSON file, or - to read stdin.",
      cause,
    });
  }
}
