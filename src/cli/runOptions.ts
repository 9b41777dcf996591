import { basename } from "node:path";
import type { Given, ResolvedSettings } from "../config/resolve.ts";
import { readRiskFile } from "../config/riskPolicy.ts";
import { ValidationError } from "../domain/errors.ts";
import type { Json } from "../domain/signal.ts";
import type { BacktestOptions } from "../run/options.ts";

/** The settings of a run of any mode. @throws ValidationError GEO-USAGE without a strategy, GEO-FILE, GEO-CONFIG */
export function runOptionsOf(
  { single, params, also, riskSection }: ResolvedSettings,
  cwd: string,
  /** Of a mode that has one. */
  usualStrategy?: string,
): Omit<BacktestOptions, "files"> {
  const { strategy, riskFree, trades: _, out, risk, ...rest } = single;
  const chosen = strategy?.value ?? usualStrategy;
  if (chosen === undefined) {
    throw new ValidationError(
      "GEO-USAGE",
      "--strategy: expected the name or path of a strategy, found none",
      {
        hint: "geosync strategies lists the names.",
      },
    );
  }
  return {
    ...valuesOf(rest),
    cwd,
    strategy: chosen,
    params: paramsOf(params, ""),
    also: also.map(({ value }) => ({ strategy: value, params: paramsOf(params, prefixOf(value)) })),
    riskFreeRate: riskFree?.value,
    risk: risk === undefined ? riskSection?.value : readRiskFile(risk.value, cwd),
    details: out !== undefined,
  };
}

/** What is said as `sma-cross.fast=5` is for the strategy of that name (or file name), everything else for the first. */
export function paramsOf(
  params: ResolvedSettings["params"],
  prefix: string,
): { readonly [name: string]: Json } {
  const own = Object.entries(params).filter(([key]) =>
    prefix === "" ? !key.includes(".") : key.startsWith(prefix),
  );
  return Object.fromEntries(own.map(([key, { value }]) => [key.slice(prefix.length), value]));
}

function prefixOf(strategy: string): string {
  return `${basename(strategy).replace(/\.[cm]?[jt]s$/, "")}.`;
}

type Values<T> = {
  readonly [K in keyof T]?: NonNullable<T[K]> extends { readonly value: infer V } ? V : never;
};

function valuesOf<T extends { readonly [K in keyof T]: Given<unknown> | undefined }>(given: T): Values<T> {
  const entries = Object.entries<Given<unknown> | undefined>(given);
  const known = entries.flatMap(([name, entry]) => (entry === undefined ? [] : [[name, entry.value]]));
  return Object.fromEntries(known) as Values<T>;
}
