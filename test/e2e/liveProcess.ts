/** Sessions and exchanges as processes, for tests. */
import { execa } from "execa";
import { expect, onTestFinished } from "vitest";
import { sessionEventSchema } from "../../src/report/sessionSchema.ts";
import { bin } from "./geosync.ts";

/** Buys with the first bar, with a stop far below; then holds. */
export const holder = `import { defineStrategy, z } from "geosync";
export default defineStrategy({ name: "holder", description: "Buys once.", params: z.object({}), create(_, ctx) {
  return { onBar(bar) {
    if (ctx.position.isFlat && ctx.orders.length === 0)
      ctx.buy({ quantity: 0.01, stopLoss: Math.round(bar.close * 0.5) });
  } };
} });`;
/** Lives on ticks alone. */
export const ticker = `import { defineStrategy, z } from "geosync";
export default defineStrategy({ name: "ticker", description: "Trades on ticks.", params: z.object({}), create(_, ctx) {
  let seen = 0;
  const act = () => { if (++seen === 5) ctx.buy({ quantity: 0.01 }); };
  return { onTick: act, onQuote: act, onBook: act };
} });`;

export type Line = { readonly event?: string; readonly schema?: string; readonly [name: string]: unknown };

/** A session under way, whose events can be waited for. */
export function begun(cwd: string, args: readonly string[]) {
  const child = execa(process.execPath, [bin, "live", ...args, "--json"], {
    ...{ cwd, extendEnv: false, env: { PATH: process.env.PATH ?? "" }, reject: false },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: Line[] = [];
  let rest = "";
  const waiting = new Set<() => void>();
  child.stdout.on("data", (data) => {
    const parts = (rest + String(data)).split("\n");
    rest = parts.pop()!;
    lines.push(...parts.map((line) => JSON.parse(line) as Line));
    for (const look of waiting) look();
  });
  const until = (name: string) =>
    new Promise<Line>((resolve) => {
      const look = () => {
        const found = lines.find(({ event }) => event === name);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { child, lines, until };
}

export function eventsOf(lines: readonly Line[]) {
  return lines.slice(0, -1).map((line) => {
    expect(sessionEventSchema.parse(line)).toEqual(line);
    return line;
  });
}
