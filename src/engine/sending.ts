import type { PlaceCommand } from "../domain/execution.ts";
import type { Millis } from "../domain/time.ts";
import type { EngineOptions } from "./options.ts";
import type { Seat } from "./seat.ts";

/** Step 7: what a seat has decided leaves, looked at once more: a limit may have been reached since. */
export function sendApproved(
  seat: Seat,
  { gateway, risk }: Pick<EngineOptions, "gateway" | "risk">,
  time: Millis,
): void {
  for (const command of seat.takeCommands()) {
    const reason = command.kind === "place" && risk !== null ? risk.recheck(command, time) : null;
    if (reason === null) gateway.submit(command);
    else {
      risk!.ended(command.number);
      seat.desk.refuse(command as PlaceCommand, reason);
    }
  }
}
