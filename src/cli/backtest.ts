import type { Command } from "commander";
import { settingNames } from "../config/settings.ts";
import { addSettings, flagsOf } from "./options.ts";
import type { Session } from "./session.ts";

export function addBacktest(program: Command, session: Session): void {
  const command = program
    .command("backtest")
    .summary("run a strategy over market data")
    .description("Run a strategy over market data and report what it would have earned.")
    .argument("[files...]", "CSV files, a symbol each or with a symbol column");
  addSettings(command, settingNames);
  command
    .optionsGroup("Output:")
    .option("--json", "Print one JSON document (schema geosync.backtest/1)")
    .optionsGroup("Configuration:")
    .option("--config <file>", "Read settings from this file (default: geosync.json, when there is one)")
    .option("--print-config", "Print each setting and where it came from, and run nothing")
    .helpOption("-h, --help", "Print this help")
    .addHelpText("after", afterHelp)
    .action(async (files: readonly string[]) => {
      const { json = false, printConfig = false, config } = command.opts<OwnFlags>();
      const request = { files, flags: flagsOf(command, settingNames), json, printConfig, config };
      const { startThreads } = await import("../data/csvThread.ts");
      // First of all: they get ready while the engine is loaded.
      const threads = startThreads(files);
      try {
        const { runBacktest } = await import("./runBacktest.ts");
        await runBacktest(request, threads, session);
      } finally {
        await Promise.all(threads.map((thread) => thread?.close()));
      }
    });
}

interface OwnFlags {
  readonly json?: boolean;
  readonly printConfig?: boolean;
  readonly config?: string;
}

const afterHelp = `
Each setting can also be given in the environment (--maker-fee is
GEOSYNC_MAKER_FEE) or in geosync.json ("makerFee"). A flag wins over the
environment, the environment over the file.

Examples:
  geosync backtest data/SP500_1d.csv --strategy sma-cross --param fast=50 \\
    --param slow=200
  geosync backtest data/BTCUSDT_1m_synthetic.csv --strategy momentum \\
    --fee 10bps --assert "maxDrawdown>=-20%"`;
