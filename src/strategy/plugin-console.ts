export type LogLevel = "debug" | "info" | "warn" | "error";

/** Where a plugin's console writes to: the run's log, never the terminal. */
export type PluginLog = (level: LogLevel, text: string) => void;

/** The console a plugin sees. */
export function createPluginConsole(log: PluginLog): Readonly<Record<string, unknown>> {
  const methods = Object.entries(levels).map(([name, level]) => [
    name,
    (...values: readonly unknown[]) => log(level, values.map(show).join(" ")),
  ]);
  const silent = ["groupEnd", "time", "timeEnd", "timeLog", "count", "clear"].map((name) => [name, () => {}]);
  const assert = (holds: unknown, ...values: readonly unknown[]) => {
    if (!holds) log("error", ["Assertion failed:", ...values.map(show)].join(" "));
  };
  return Object.freeze({ ...Object.fromEntries([...methods, ...silent]), assert });
}

const levels: Readonly<Record<string, LogLevel>> = {
  debug: "debug",
  trace: "debug",
  log: "info",
  info: "info",
  dir: "info",
  table: "info",
  group: "info",
  warn: "warn",
  error: "error",
};

function show(value: unknown): string {
  if (value instanceof Error) return value.stack ?? String(value);
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value, replacer) ?? String(value);
  } catch {
    // A cycle.
    return String(value);
  }
}

/** JSON would show NaN as null, a typed array as an object, and would fail on a bigint. */
function replacer(_key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value === "bigint") return `${value}n`;
  return value instanceof Float64Array ? Array.from(value) : value;
}
