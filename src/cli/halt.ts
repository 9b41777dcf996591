import type { Command } from "commander";
import type { Session } from "./session.ts";

export interface HaltFlags {
  readonly because?: string;
  readonly flatten?: boolean;
  readonly lift?: boolean;
  readonly all?: boolean;
  readonly stateDir?: string;
  readonly json?: boolean;
}

export function addHalt(program: Command, session: Session): void {
  const command = program
    .command("halt")
    .summary("the kill switch: stop a session from opening anything")
    .description(
      "Halt a session: nothing is opened, now and after every start, until the halt is lifted. It goes on running, and its protective orders stay.",
    )
    .argument("[session]", "name of the session")
    .option("--because <text>", "Why; shown wherever the halt is (default: by the user)")
    .option("--flatten", "Cancel its open orders and close what it holds, too")
    .option("--lift", "Let it trade again")
    .option("--all", "Every session there is, in place of one")
    .option("--state-dir <folder>", "Where sessions are kept (default: .geosync/sessions)")
    .option("--json", "Print one JSON document (schema geosync.halt/1)")
    .helpOption("-h, --help", "Print this help")
    .addHelpText("after", afterHelp)
    .action(async (name: string | undefined) => {
      const { runHalt } = await import("./runHalt.ts");
      await runHalt(name, command.opts<HaltFlags>(), session);
    });
}

const afterHelp = `
A running session obeys within a quarter of a second, one that is stopped at its
next start. A session that ends while it is halted exits with 6.

Examples:
  geosync halt btc-momentum --because "the news" --flatten
  geosync halt --all
  geosync halt btc-momentum --lift`;
