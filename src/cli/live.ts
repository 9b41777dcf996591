import type { Command } from "commander";
import { type SettingName, settingNames } from "../config/settings.ts";
import { addSettings, flagsOf } from "./options.ts";
import type { LiveFlags } from "./runLive.ts";
import type { Session } from "./session.ts";
import { addVenueFlags, venueChoiceOf } from "./venueFlags.ts";

/** What only a run with a beginning and an end can be asked for. */
const ofBacktests: readonly SettingName[] = [
  ...(["detail", "funding", "explain", "assert", "out", "trades", "returns"] as const),
  // They have flags of their own here.
  ...(["venue", "symbol"] as const),
];
const names = settingNames.filter((name) => !ofBacktests.includes(name));

export function addLive(program: Command, session: Session): void {
  const command = program
    .command("live")
    .summary("trade: on paper, on a testnet, or for real")
    .description("Run a strategy on live data, or on a file that is played, and trade what it decides.")
    .optionsGroup("Session:")
    .option("--paper", "Simulated orders")
    .option("--live", "Real orders for real money: every choice spelled out, and confirmed")
    .option("--symbol <name>", "What is traded; repeat the flag for more (default: BTC/USDT)", collect)
    .option(
      "--feeds <list>",
      "What is listened to: candles, trades, quotes, book (default: candles; on paper also trades)",
    )
    .option(
      "--data <file>",
      "Play this file instead of live data (with --paper); repeat the flag for more",
      collect,
    )
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
    .option("--on-drift <rule>", "Trades and cancels that were not ours: adopt or halt (default: halt)")
    .option("--yes", "Confirm real money here instead of typing it")
    .option("--until-bars <n>", "Stop after so many bars")
    .option("--max-runtime <time>", "Stop after so long: 90s, 30m, 12h, 7d")
    .option(
      "--notify <url>",
      "Webhook that is told of fills, halts, errors, start, end and each day; repeat the flag for more",
      collect,
    )
    .option("--plain", "Lines of text on a terminal, too")
    .option("--json", "Print each event as a line of JSON, the report (geosync.session/1) last");
  addVenueFlags(command);
  addSettings(command, names);
  command
    .optionsGroup("Configuration:")
    .option("--config <file>", "Read settings from this file (default: geosync.json, when there is one)")
    .helpOption("-h, --help", "Print this help")
    .addHelpText("after", afterHelp)
    .action(async () => {
      const { runLive } = await import("./runLive.ts");
      const venue = await venueChoiceOf(command, session.env);
      await runLive({ flags: flagsOf(command, names), own: command.opts<LiveFlags>(), venue }, session);
    });
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

const afterHelp = `
Without --symbol, --timeframe and --strategy, paper and testnet trade BTC/USDT
on 1m bars with momentum. Ctrl-C stops in order, a second one at once; the same
command goes on where it stopped.

Examples:
  geosync live --venue binance --testnet
  geosync live --paper --data data/BTCUSDT_1m_synthetic.csv --speed 600
  geosync live --paper --data data/BTCUSDT_1m_synthetic.csv --speed max --json`;
