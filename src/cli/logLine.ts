import type { Json } from "../domain/signal.ts";
import { isoTime, type Millis } from "../domain/time.ts";

/** `2024-01-01T00:00:00Z message key=value`: what a strategy logs; without the time when it is null. */
export function logLine(
  time: Millis | null,
  message: string,
  fields: { readonly [key: string]: Json } | undefined,
): string {
  const pairs = Object.entries(fields ?? {}).map(([key, value]) => ` ${key}=${valueText(value)}`);
  return `${time === null ? "" : `${isoTime(time)} `}${message}${pairs.join("")}`;
}

function valueText(value: Json): string {
  return typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
