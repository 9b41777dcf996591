import type { Command } from "commander";
import type { Session } from "./session.ts";
import { addVenueFlags, venueChoiceOf } from "./venueFlags.ts";

export function addDoctor(program: Command, session: Session): void {
  const command = program
    .command("doctor")
    .summary("check this machine and the way to a venue")
    .description(
      "Check what geosync needs of this machine, and with --venue everything between here and an order: network, clock, markets, API key.",
    )
    .option("--symbol <symbol>", "Show what the venue asks of orders in it, such as BTC/USDT");
  addVenueFlags(command);
  command
    .optionsGroup("Output:")
    .option("--json", "Print one JSON document (schema geosync.doctor/1)")
    .helpOption("-h, --help", "Print this help")
    .addHelpText("after", afterHelp)
    .action(async () => {
      const { runDoctor } = await import("./runDoctor.ts");
      const { json = false, symbol } = command.opts<{ json?: boolean; symbol?: string }>();
      await runDoctor({ ...(await venueChoiceOf(command, session.env)), symbol, json }, session);
    });
}

const afterHelp = `
It only asks and never trades. It ends with 0 unless a check failed; then with
the code of the first that did, 5 for the venue, the network and the API key.

Examples:
  geosync doctor
  geosync doctor --venue binance --testnet --symbol BTC/USDT
  geosync doctor --venue binance --venue-url http://127.0.0.1:9100`;
