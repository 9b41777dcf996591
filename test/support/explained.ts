/** Runs that are explained, and what the explanation says, in short. */
import type { Explanation } from "../../src/report/explanation.ts";
import type { Context } from "../../src/strategy/contract.ts";
import { type BarRow, minute, type RunOptions, run, type Series, script, start } from "./market.ts";

export type Actions = Readonly<Record<number, (ctx: Context) => void>>;

export async function explain(
  actions: Actions,
  streams: Series | readonly Series[],
  options: RunOptions = {},
): Promise<Explanation> {
  const { explanation } = await run(script(actions), streams, { explain: start + minute, ...options });
  return explanation!;
}

/** `+minutes since the start: what happened, rule`, a line an event. */
export function lines({ moments }: Explanation): readonly string[] {
  return moments.flatMap((moment) => {
    const at = `+${(Date.parse(moment.time) - start) / minute}`;
    const told = moment.events.map((event) =>
      event.kind === "logged"
        ? `${at} logged ${event.message}`
        : `${at} ${event.kind} ${event.order.id} ${event.rule}`,
    );
    return told.length === 0 ? [`${at} nothing`] : told;
  });
}

/** Why the order came to what it did, in words: the last event of that kind. */
export function because(explanation: Explanation, kind: string): string | undefined {
  const events = explanation.moments.flatMap((moment) => moment.events);
  const found = events.findLast((event) => event.kind === kind);
  return found === undefined || found.kind === "logged" ? undefined : found.because;
}

export function factsOf(
  explanation: Explanation,
  kind: string,
): Readonly<Record<string, string>> | undefined {
  const events = explanation.moments.flatMap((moment) => moment.events);
  const found = events.find((event) => event.kind === kind);
  return found === undefined || found.kind === "logged" ? undefined : found.facts;
}

/** A bar that never moved. */
export const flat: BarRow = [100, 100, 100, 100];
