import type { Command } from "commander";
import type { Session } from "./session.ts";

/** As they were typed; `runChaos` reads them. */
export interface ChaosFlags {
  readonly strategy?: string;
  readonly param?: readonly string[];
  readonly symbol?: string;
  readonly timeframe: string;
  readonly feeds: string;
  readonly seeds: string;
  readonly seed: string;
  readonly rounds: string;
  readonly sweep?: string;
  readonly json?: boolean;
}

export function addChaos(program: Command, session: Session): void {
  const several = (value: string, before: readonly string[] = []) => [...before, value];
  const command = program
    .command("chaos")
    .summary("hurt live sessions at a local exchange, and check that nothing is lost or done twice")
    .description(
      "Run whole live sessions of a strategy at a local exchange that fails as planned, kill them, start them again, and compare in the end what their journals say with what is so at the exchange.",
    )
    .option("--strategy <name|path>", "What trades (default: one that places orders of every kind at random)")
    .option("--param <key=value>", "Parameter of the strategy; repeat the flag for more", several)
    .option("--symbol <name>", "What is traded (default: BTC/USDT)")
    .option("--timeframe <time>", "Length of the bars", "1s")
    .option("--feeds <list>", "What the strategy sees: candles, trades, quotes, book", "candles,trades")
    .option("--seeds <n>", "So many sessions, each with a seed of its own", "5")
    .option("--seed <s>", "The first seed: the same one plans the same faults and kills", "1")
    .option("--rounds <n>", "Starts of each session that end badly, before the last one", "4")
    .option(
      "--sweep <n>",
      "Instead: kill at the 1st to n-th commit and order that leaves, before and after each",
    )
    .option("--json", "Print each session's outcome as a line of JSON")
    .helpOption("-h, --help", "Print this help")
    .addHelpText("after", afterHelp)
    .action(async () => {
      const { runChaos } = await import("./runChaos.ts");
      await runChaos(command.opts<ChaosFlags>(), session);
    });
}

const afterHelp = `
Needs no network: the exchange runs on this machine. Exits with 3 when a promise
was broken, and prints the command that plans the same again. docs/chaos.md says
what is planned and what is checked.

Examples:
  geosync chaos
  geosync chaos --strategy mine.ts --seeds 20
  geosync chaos --seed 17 --seeds 1 --rounds 6
  geosync chaos --sweep 10`;
