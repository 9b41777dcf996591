import type { Json } from "../domain/signal.ts";
import { columns } from "./columns.ts";
import type { SessionEntry } from "./runSessions.ts";

interface Options {
  readonly color: boolean;
}

const headings = [
  "name",
  "status",
  "mode",
  "venue",
  "symbols",
  "strategy",
  "entries",
  "size",
  "last activity",
];

export function renderSessions(
  stateDir: string,
  sessions: readonly SessionEntry[],
  options: Options,
): string {
  if (sessions.length === 0) return `There are no sessions in ${stateDir}.\n`;
  const rows = sessions.map(({ name, header, entries, bytes, lastActivity, problem, ...state }) => [
    ...[name, statusOf(state), header?.mode ?? "", header?.venue ?? "", header?.symbols.join(" ") ?? ""],
    ...[header?.strategy.name ?? "", grouped(entries), sizeOf(bytes), problem ?? lastActivity],
  ]);
  return `${columns(headings, rows, options)}\ngeosync sessions <name> shows one in detail.\n`;
}

export function renderSession(entry: SessionEntry, options: Options): string {
  const { header, details } = entry;
  const facts: [string, string][] = [
    ["status", statusOf(entry)],
    ["folder", entry.path],
    ["last activity", entry.lastActivity],
    ["entries", `${grouped(entry.entries)} in ${sizeOf(entry.bytes)}`],
  ];
  if (header !== null) facts.push(...headerFacts(header));
  if (details !== undefined) facts.push(...detailFacts(details));
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  const lines = facts.map(([name, value]) => `${name.padEnd(width)}${value}`);
  return `${[entry.name, "", ...lines, "", runsTable(details?.runs ?? [], options)].join("\n")}`;
}

function headerFacts(header: NonNullable<SessionEntry["header"]>): [string, string][] {
  const { mode, venue, symbols, strategy, config, seed, created, version } = header;
  return [
    ["created", `${created} by geosync ${version}`],
    ["mode", `${mode} on ${venue}`],
    ["symbols", symbols.join(" ")],
    ["strategy", `${strategy.name}, sha256 ${strategy.sha256.slice(0, 12)}…`],
    ["parameters", pairs(strategy.params)],
    ["settings", pairs(config)],
    ["seed", String(seed)],
  ];
}

function detailFacts({ checkpoint, recent }: NonNullable<SessionEntry["details"]>): [string, string][] {
  const kinds = Object.entries(recent.kinds).map(([kind, count]) => `${grouped(count)} of kind ${kind}`);
  const state =
    checkpoint === null ? "none" : `at entry ${grouped(checkpoint.seq)}, ${sizeOf(checkpoint.bytes)}`;
  if (recent.from === null) return [["checkpoint", state]];
  return [
    ["checkpoint", state],
    ["last entries", `${kinds.join(", ")}; ${recent.from} to ${recent.to}`],
  ];
}

function runsTable(runs: NonNullable<SessionEntry["details"]>["runs"], options: Options): string {
  const rows = runs.map(({ number, started, version, pid, entries, end }) => [
    ...[String(number), started, version, String(pid), grouped(entries)],
    end === null ? "" : `${end.time} ${end.reason}`,
  ]);
  return columns(["start", "at", "version", "pid", "from entry", "orderly end"], rows, options);
}

function statusOf({ status, pid }: Pick<SessionEntry, "status" | "pid">): string {
  return pid === null ? status : `${status} (pid ${pid})`;
}

function pairs(values: Readonly<Record<string, Json>>): string {
  const texts = Object.entries(values).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return texts.length === 0 ? "none" : texts.join(" ");
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
