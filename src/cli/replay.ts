import type { Command } from "commander";
import type { Session } from "./session.ts";

export interface ReplayFlags {
  readonly param?: readonly string[];
  readonly stateDir?: string;
  readonly json?: boolean;
}

export function addReplay(program: Command, session: Session): void {
  const command = program
    .command("replay")
    .summary("check that a session's journal leads to the same decisions")
    .description(
      "Give the engine and the strategy what a session was given, and compare what they decide, byte for byte.",
    )
    .argument("<session>", "name of the session")
    .option("--param <key=value>", "Parameter of the strategy in place of the session's own", collect)
    .option("--state-dir <folder>", "Where sessions are kept (default: .geosync/sessions)")
    .option("--json", "Print one JSON document (schema geosync.replay/1)")
    .helpOption("-h, --help", "Print this help")
    .addHelpText("after", afterHelp)
    .action(async (name: string) => {
      const { runReplay } = await import("./runReplay.ts");
      await runReplay(name, command.opts<ReplayFlags>(), session);
    });
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

const afterHelp = `
Exits with 3 when a decision differs, and names the first one and its cause.

Examples:
  geosync replay paper-simulated-btc-usdt-momentum
  geosync replay paper-simulated-btc-usdt-momentum --param lookback=21`;
