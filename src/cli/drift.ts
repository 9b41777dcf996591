import type { Command } from "commander";
import type { Session } from "./session.ts";

export interface DriftFlags {
  readonly data?: readonly string[];
  readonly stateDir?: string;
  readonly json?: boolean;
}

export function addDrift(program: Command, session: Session): void {
  const command = program
    .command("drift")
    .summary("why a session earned something else than a backtest")
    .description(
      "Set a session against a plain backtest of its strategy, settings and period, and split the difference by cause.",
    )
    .argument("<session>", "name of the session")
    .option(
      "--data <file>",
      "Official data for the backtest in place of what the session was given; repeat the flag for more",
      collect,
    )
    .option("--state-dir <folder>", "Where sessions are kept (default: .geosync/sessions)")
    .option("--json", "Print one JSON document (schema geosync.drift/1)")
    .helpOption("-h, --help", "Print this help")
    .addHelpText("after", afterHelp)
    .action(async (name: string) => {
      const { runDrift } = await import("./runDrift.ts");
      await runDrift(name, command.opts<DriftFlags>(), session);
    });
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

const afterHelp = `
The causes add up to the difference, to the last digit. Reads only: it may run
beside the session.

Examples:
  geosync drift paper-simulated-btc-usdt-momentum
  geosync drift testnet-binance-btc-usdt-momentum --data BTCUSDT-1m.csv`;
