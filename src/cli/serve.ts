import type { Command } from "commander";
import { addFaceFlags } from "./faceFlags.ts";
import { sessionSettings } from "./live.ts";
import { addSettings, flagsOf } from "./options.ts";
import type { LiveFlags } from "./runLive.ts";
import type { Session } from "./session.ts";
import { addConfigFlag, addSessionFlags } from "./sessionFlags.ts";
import { addVenueFlags, venueChoiceOf } from "./venueFlags.ts";

export function addServe(program: Command, session: Session): void {
  const command = program
    .command("serve")
    .summary("a paper session with its API and dashboard")
    .description(
      "Trade on paper, on a file that is played or a venue's data, and serve REST, WebSocket, gRPC and a dashboard. It goes on when the file has been played, until it is stopped.",
    )
    .optionsGroup("Session:");
  addSessionFlags(command);
  addFaceFlags(command, "127.0.0.1:8080");
  addVenueFlags(command);
  addSettings(command, sessionSettings);
  addConfigFlag(command);
  command.addHelpText("after", afterHelp).action(async () => {
    const { runLive } = await import("./runLive.ts");
    const own = { api: true as const, ...command.opts<LiveFlags>(), paper: true };
    const venue = await venueChoiceOf(command, session.env);
    await runLive({ flags: flagsOf(command, sessionSettings), own, venue, staysOpen: true }, session);
  });
}

const afterHelp = `
On loopback no token is needed as long as there is none; geosync token makes one.
Any other address asks for one.

Examples:
  geosync serve --data data/BTCUSDT_1m_synthetic.csv --speed 60
  geosync serve --venue binance --symbol BTC/USDT --grpc
  curl http://127.0.0.1:8080/api/v1/status`;
