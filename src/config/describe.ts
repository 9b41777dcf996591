import { formatFixed } from "../domain/fixed.ts";
import { isoTime } from "../domain/time.ts";
import type { Given, ResolvedSettings } from "./resolve.ts";
import { describeRiskLimits } from "./riskPolicy.ts";

/** A line of `--print-config`. */
export interface SettingLine {
  readonly name: string;
  /** As it would be written; null: not set. */
  readonly value: string | null;
  /** "default", or "flag --fee", "environment GEOSYNC_FEE", "file geosync.json: fee"; null: not set. */
  readonly from: string | null;
}

/** Each setting, its value and where it came from, in the order of the table; secrets are hidden. */
export function describeSettings(settings: ResolvedSettings): readonly SettingLine[] {
  const { single, params, assert, also, riskSection } = settings;
  const limits = single.risk === undefined && riskSection !== undefined ? riskSection : null;
  return [
    ...Object.entries<Given<unknown> | undefined>(single).map(([name, given]) => line(name, given)),
    ...Object.entries(params).map(([key, given]) => line(`params.${key}`, given)),
    ...also.map((given) => line("also", given)),
    ...assert.map((given) => line("assert", given)),
    ...(limits === null ? [] : describeRiskLimits(limits.value)).map(({ name, value }) => {
      return { name: `risk.${name}`, value, from: `${limits!.origin} ${limits!.at}` };
    }),
  ];
}

const times = new Set(["from", "to"]);
const secret = /secret|password|passphrase|token|api_?key|credential|private_?key/i;

function line(name: string, given: Given<unknown> | undefined): SettingLine {
  if (given === undefined) return { name, value: null, from: null };
  const value = secret.test(name) ? "***" : textOf(given.value, times.has(name));
  return { name, value, from: `${given.origin} ${given.at}`.trim() };
}

function textOf(value: unknown, isTime: boolean): string {
  if (typeof value === "number" && isTime) return isoTime(value);
  if (typeof value !== "object" || value === null) return String(value);
  if ("units" in value && "scale" in value) return formatFixed(value as Parameters<typeof formatFixed>[0]);
  return "label" in value ? String(value.label) : JSON.stringify(value);
}
