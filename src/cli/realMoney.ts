import { createInterface } from "node:readline/promises";
import type { ResolvedSettings } from "../config/resolve.ts";
import { ValidationError } from "../domain/errors.ts";
import type { LiveRequest } from "./runLive.ts";
import type { Session } from "./session.ts";

/** For money nothing is taken for granted. @throws ValidationError GEO-USAGE naming every choice that was not made */
export function refuseUnspelt({ own, venue }: LiveRequest, { single }: ResolvedSettings): void {
  const choices = {
    "--venue": venue.venue,
    "--symbol": own.symbol,
    "--timeframe": single.timeframe,
    "--strategy": single.strategy,
    "--cash": single.cash?.origin === "default" ? undefined : single.cash,
    "--on-exit": own.onExit,
    "--on-drift": own.onDrift,
  };
  const missing = Object.entries(choices).flatMap(([flag, value]) => (value === undefined ? [flag] : []));
  if (missing.length === 0) return;
  throw new ValidationError(
    "GEO-USAGE",
    `live --live: expected every choice spelled out, found no ${missing.join(", ")}`,
    {
      hint: "--testnet and --paper have defaults; real money has none.",
    },
  );
}

/** @throws ValidationError GEO-USAGE unless it was typed, or flagged */
export async function confirmMoney({ own, venue }: LiveRequest, session: Session): Promise<void> {
  if (own.yes === true) return;
  const words = `trade ${venue.venue}`;
  if (process.stdin.isTTY === true && own.json !== true) {
    const prompt = createInterface({ input: process.stdin, output: process.stderr });
    session.note(`This trades real money: ${own.symbol?.join(", ")} at ${venue.venue}.`);
    const typed = await prompt
      .question(`Type "${words}" to go on: `, { signal: session.signal })
      .finally(() => prompt.close());
    if (typed.trim() === words) return;
  }
  throw new ValidationError("GEO-USAGE", "live --live: expected a confirmation, found none", {
    hint: `Type "${words}" when asked, or add --yes.`,
  });
}
