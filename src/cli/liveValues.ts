import { badValue, readSymbol } from "../config/values.ts";
import type { Channel } from "../data/liveStatus.ts";
import { GeoSyncError } from "../domain/errors.ts";
import type { ExitRule } from "../run/session/exit.ts";

/** Readers of the flags of `geosync live`. All throw ValidationError GEO-OPTION-VALUE. */

export function exitRuleOf(text = "keep"): ExitRule {
  if (text === "keep" || text === "cancel" || text === "flatten") return text;
  throw badValue("--on-exit", "keep, cancel or flatten", text);
}

/** `max` or how many times faster. */
export function speedOf(text = "1"): number {
  if (text === "max") return Number.POSITIVE_INFINITY;
  const speed = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (speed > 0) return speed;
  throw badValue("--speed", "a number above 0, or max", text);
}

export function countOf(text: string, flag: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw badValue(flag, "a whole number of 1 or more", text);
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `90s`, `30m`, `12h`, `7d`. */
export function durationOf(text: string, flag: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (units[unit ?? ""] ?? Number.NaN);
  if (ms > 0 && ms < 2 ** 31 * 1000) return ms;
  throw badValue(flag, "a time such as 90s, 30m, 12h or 7d", text);
}

/** Aborts with the process's own signal, or when the time is over. */
export function stopSignal(outer: AbortSignal, maxRuntime: string | undefined): AbortSignal {
  if (maxRuntime === undefined) return outer;
  const ms = durationOf(maxRuntime, "--max-runtime");
  const stop = new AbortController();
  const end = Date.now() + ms;
  // A timer of Node holds 24 days at most.
  const look = () => {
    const left = end - Date.now();
    if (left <= 0) stop.abort(new TimeIsOver(maxRuntime));
    else setTimeout(look, Math.min(left, 2 ** 30)).unref();
  };
  look();
  outer.addEventListener("abort", () => stop.abort(outer.reason), { once: true });
  return stop.signal;
}

/** An end as asked for, no failure. */
export class TimeIsOver extends GeoSyncError {
  constructor(time: string) {
    super("GEO-INTERRUPTED", `after ${time}, as --max-runtime says`);
  }
}

export function driftRuleOf(text = "halt"): "adopt" | "halt" {
  if (text === "adopt" || text === "halt") return text;
  throw badValue("--on-drift", "adopt or halt", text);
}

const channels: readonly Channel[] = ["candles", "trades", "quotes", "book"];

export function feedsOf(text: string): readonly Channel[] {
  return text.split(",").map((name) => {
    const channel = channels.find((one) => one === name.trim().toLowerCase());
    if (channel !== undefined) return channel;
    throw badValue("--feeds", `a list of ${channels.join(", ")}`, text);
  });
}

/** In one spelling, each once. */
export function symbolsOf(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.flatMap((text) => text.split(",")).map((text) => readSymbol(text, "--symbol")))];
}
