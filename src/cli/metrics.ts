import type { Command } from "commander";
import type { SettingName } from "../config/settings.ts";
import { addSettings, flagsOf } from "./options.ts";
import type { Session } from "./session.ts";

const names: readonly SettingName[] = ["cash", "periodsPerYear", "riskFree", "assert"];

export function addMetrics(program: Command, session: Session): void {
  const command = program
    .command("metrics")
    .summary("measure a list of trades or returns")
    .description(
      "Measure a backtest's JSON document, a list of trades or a series of returns. Reads no environment and no config file.",
    )
    .argument("<file>", "JSON file, or - for stdin");
  addSettings(command, names);
  command
    .optionsGroup("Output:")
    .option("--json", "Print one JSON document (schema geosync.metrics/1)")
    .helpOption("-h, --help", "Print this help")
    .addHelpText("after", afterHelp)
    .action(async (file: string) => {
      const { runMetrics } = await import("./runMetrics.ts");
      const { json = false } = command.opts<{ json?: boolean }>();
      await runMetrics({ file, flags: flagsOf(command, names), json }, session);
    });
}

const afterHelp = `
It reads what backtest --json and --trades write, [{ "pnl": 12.5 }, …],
[{ "return": 0.01 }, …] and [0.01, -0.02, …]. Capital is not known from profits
alone: name it with --cash, and the periods of a bare series with
--periods-per-year.

Examples:
  geosync metrics trades.json --cash 10000
  echo "[0.01, -0.02, 0.03]" | geosync metrics - --periods-per-year 252`;
