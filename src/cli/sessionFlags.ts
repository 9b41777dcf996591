import type { Command } from "commander";

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** The flags of every command that runs a session. */
export function addSessionFlags(command: Command): void {
  command
    .option("--symbol <name>", "What is traded; repeat the flag for more (default: BTC/USDT)", collect)
    .option(
      "--feeds <list>",
      "What is listened to: candles, trades, quotes, book (default: candles; on paper also trades)",
    )
    .option("--data <file>", "Play this file instead of live data; repeat the flag for more", collect)
    .option("--speed <n>", "How many times faster a file is played; max: as fast as it goes (default: 1)")
    .option(
      "--session <name>",
      "Name of the session; one that was stopped goes on (default: by what is traded)",
    )
    .option("--resume", "Go on with --session, and never begin a new one: refused when it is not there")
    .option("--state-dir <folder>", "Where sessions are kept (default: .geosync/sessions)")
    .option(
      "--on-exit <rule>",
      "Open orders and positions when stopped: keep, cancel or flatten (default: keep)",
    )
    .option("--until-bars <n>", "Stop after so many bars")
    .option("--max-runtime <time>", "Stop after so long: 90s, 30m, 12h, 7d")
    .option(
      "--notify <url>",
      "Webhook that is told of fills, halts, errors, start, end and each day; repeat the flag for more",
      collect,
    )
    .option("--plain", "Lines of text on a terminal, too")
    .option("--json", "Print each event as a line of JSON, the report (geosync.session/1) last");
}

/** Those of the end of the help. */
export function addConfigFlag(command: Command): void {
  command
    .optionsGroup("Configuration:")
    .option("--config <file>", "Read settings from this file (default: geosync.json, when there is one)")
    .helpOption("-h, --help", "Print this help");
}
