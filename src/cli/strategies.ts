import type { Command } from "commander";
import type { Session } from "./session.ts";

export function addStrategies(program: Command, session: Session): void {
  const command = program
    .command("strategies")
    .summary("list strategies, or explain one")
    .description("List the strategies that can be run by name, or explain one and its parameters.")
    .argument("[name]", "name or path of a strategy")
    .option("--json", "Print one JSON document (schema geosync.strategies/1)")
    .helpOption("-h, --help", "Print this help")
    .addHelpText("after", afterHelp)
    .action(async (name: string | undefined) => {
      const { runStrategies } = await import("./runStrategies.ts");
      await runStrategies({ name, json: command.opts<{ json?: boolean }>().json === true }, session);
    });
}

const afterHelp = `
Names are looked up in ./strategies, then among those that come with geosync.

Examples:
  geosync strategies
  geosync strategies sma-cross`;
