import { Command, CommanderError } from "commander";
import { version } from "../run/version.ts";
import { addBacktest } from "./backtest.ts";
import { addChaos } from "./chaos.ts";
import { addData } from "./data.ts";
import { addDoctor } from "./doctor.ts";
import { addDrift } from "./drift.ts";
import { addHalt } from "./halt.ts";
import { addLive } from "./live.ts";
import { addMetrics } from "./metrics.ts";
import { addReplay } from "./replay.ts";
import { addServe } from "./serve.ts";
import type { Session } from "./session.ts";
import { addSessions } from "./sessions.ts";
import { addStrategies } from "./strategies.ts";
import { addToken } from "./token.ts";
import { addVenue } from "./venue.ts";

/**
 * Parses the arguments and runs the command they name.
 * @throws what the command throws, and CommanderError for arguments that make no sense
 */
export async function runProgram(args: readonly string[], session: Session): Promise<void> {
  let help = "";
  const program = createProgram(session, (text) => {
    help += text;
  });
  try {
    await program.parseAsync(args.length === 0 ? ["--help"] : args, { from: "user" });
  } catch (error) {
    // Help and version end a command as well, but nothing went wrong.
    if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error;
  }
  if (help !== "") await session.print([help]);
}

function createProgram(session: Session, onHelp: (text: string) => void): Command {
  const program = new Command("geosync")
    .description("Backtest trading strategies, and trade them live.")
    .version(version, "--version", "Print the version")
    .helpOption("-h, --help", "Print this help")
    .exitOverride()
    .configureOutput({ writeOut: onHelp, writeErr: () => {} })
    .addHelpText("after", examples);
  for (const add of commands) add(program, session);
  return program;
}

/** In the order of `--help`. */
const commands = [
  addBacktest,
  addLive,
  addServe,
  addReplay,
  addDrift,
  addSessions,
  addHalt,
  addToken,
  addMetrics,
  addData,
  addStrategies,
  addVenue,
  addChaos,
  addDoctor,
];

const examples = `
Examples:
  geosync backtest data/SP500_1d.csv --strategy sma-cross
  geosync backtest data/BTCUSDT_1m_synthetic.csv --strategy momentum \\
    --param lookback=60 --json

geosync <command> --help explains a command and its flags.`;
