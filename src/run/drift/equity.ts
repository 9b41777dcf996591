import { addFixed, type Fixed, negateFixed, zero } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { SimulationSettings } from "../options.ts";
import { accountOf } from "../parts.ts";
import type { TracedFill } from "./traces.ts";

export interface Valuation {
  readonly settings: SimulationSettings;
  readonly currency: string;
  /** The price that what is held is worth in the end; null when none is known. */
  readonly markOf: (instrument: Instrument, owner: number) => Fixed | null;
}

/** What an account gains by these fills, to the last digit: FIFO books, and what is left at the last prices. */
export function profitOf(fills: readonly TracedFill[], { settings, currency, markOf }: Valuation): Fixed {
  const account = accountOf({ ...settings, cash: zero }, currency);
  for (const { fill, owner } of fills) account.book(fill, null, owner);
  for (const holding of account.everyHolding) {
    const mark = markOf(holding.instrument, holding.owner);
    if (mark !== null) holding.markFill(mark);
  }
  return addFixed(account.exactEquity(), negateFixed(account.initialEquity));
}
