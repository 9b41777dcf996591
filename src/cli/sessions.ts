import type { Command } from "commander";
import type { Session } from "./session.ts";

interface Flags {
  readonly json?: boolean;
  readonly stateDir?: string;
}

export function addSessions(program: Command, session: Session): void {
  const command = program
    .command("sessions")
    .summary("list live and paper sessions, or show one")
    .description("List the sessions of live and paper trading, or show one in detail. Changes nothing.")
    .argument("[name]", "name of a session")
    .option("--state-dir <folder>", "Where sessions lie (default: .geosync/sessions)")
    .option("--json", "Print one JSON document (schema geosync.sessions/1)")
    .helpOption("-h, --help", "Print this help")
    .addHelpText("after", afterHelp)
    .action(async (name: string | undefined) => {
      const { json = false, stateDir } = command.opts<Flags>();
      const { runSessions } = await import("./runSessions.ts");
      await runSessions({ name, stateDir, json }, session);
    });
}

const afterHelp = `
GEOSYNC_STATE_DIR says where sessions lie, too; the flag goes before it.

Examples:
  geosync sessions
  geosync sessions btc-momentum --json`;
