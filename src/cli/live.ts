import type { Command } from "commander";
import { type SettingName, settingNames } from "../config/settings.ts";
import { addFaceFlags } from "./faceFlags.ts";
import { addSettings, flagsOf } from "./options.ts";
import type { LiveFlags } from "./runLive.ts";
import type { Session } from "./session.ts";
import { addConfigFlag, addSessionFlags } from "./sessionFlags.ts";
import { addVenueFlags, venueChoiceOf } from "./venueFlags.ts";

/** What only a run with a beginning and an end can be asked for. */
const ofBacktests: readonly SettingName[] = [
  ...(["detail", "funding", "explain", "assert", "out", "trades", "returns"] as const),
  // They have flags of their own here.
  ...(["venue", "symbol"] as const),
];
export const sessionSettings = settingNames.filter((name) => !ofBacktests.includes(name));

export function addLive(program: Command, session: Session): void {
  const command = program
    .command("live")
    .summary("trade: on paper, on a testnet, or for real")
    .description("Run a strategy on live data, or on a file that is played, and trade what it decides.")
    .optionsGroup("Session:")
    .option("--paper", "Simulated orders")
    .option("--live", "Real orders for real money: every choice spelled out, and confirmed");
  addSessionFlags(command);
  command
    .option("--on-drift <rule>", "Trades and cancels that were not ours: adopt or halt (default: halt)")
    .option("--yes", "Confirm real money here instead of typing it");
  addFaceFlags(command);
  addVenueFlags(command);
  addSettings(command, sessionSettings);
  addConfigFlag(command);
  command.addHelpText("after", afterHelp).action(async () => {
    const { runLive } = await import("./runLive.ts");
    const venue = await venueChoiceOf(command, session.env);
    await runLive(
      { flags: flagsOf(command, sessionSettings), own: command.opts<LiveFlags>(), venue },
      session,
    );
  });
}

const afterHelp = `
Without --symbol, --timeframe and --strategy, paper and testnet trade BTC/USDT
on 1m bars with momentum. Ctrl-C stops in order, a second one at once; the same
command goes on where it stopped.

Examples:
  geosync live --venue binance --testnet
  geosync live --venue binance --testnet --api
  geosync live --paper --data data/BTCUSDT_1m_synthetic.csv --speed 600
  geosync live --paper --data data/BTCUSDT_1m_synthetic.csv --speed max --json`;
