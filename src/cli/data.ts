import type { Command } from "commander";
import { addDataDownload } from "./dataDownload.ts";
import type { Session } from "./session.ts";

/** What is done to market data. */
export function addData(program: Command, session: Session): void {
  const data = program
    .command("data")
    .summary("fetch market data")
    .description("Fetch market data of a venue.")
    .helpOption("-h, --help", "Print this help");
  addDataDownload(data, session);
}
