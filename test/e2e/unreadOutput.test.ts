/** A program that starts `geosync live --json` and does not read what it prints: the session goes on all the same. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { sessionEventSchema, sessionSchema } from "../../src/report/sessionSchema.ts";
import { describeSession } from "../../src/store/sessions.ts";
import { bin, buildWhenStale, workingFolder } from "./geosync.ts";
import type { Line } from "./liveProcess.ts";

const folder = workingFolder();
const stateDir = join(folder, ".geosync/sessions");
beforeAll(buildWhenStale, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Fills any pipe, and trades with every bar. */
const talker = `import { defineStrategy, z } from "geosync";
export default defineStrategy({ name: "talker", description: "Talks.", params: z.object({}), create(_, ctx) {
  const text = "x".repeat(20_000);
  return { onBar() {
    ctx.log(text);
    if (ctx.position.isFlat) ctx.buy({ quantity: 0.01 });
    else ctx.close();
  } };
} });`;

it("a session whose output is not read trades to its end; then all is there that was not counted as left out", async () => {
  writeFileSync(join(folder, "talker.ts"), talker);
  const bars = 1500;
  const session = [
    ...["--paper", "--data", "data/BTCUSDT_1m_synthetic.csv", "--strategy", "./talker.ts"],
    ...["--speed", "max", "--until-bars", String(bars), "--session", "unread", "--json"],
  ];
  const child = spawn(process.execPath, [bin, "live", ...session], {
    ...{ cwd: folder, env: { PATH: process.env.PATH ?? "" } },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const status = async () => (await describeSession(stateDir, "unread").catch(() => null))?.[0].status;
  await expect.poll(status, { timeout: 60_000, interval: 200 }).toBe("stopped");
  expect(child.exitCode).toBeNull();

  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  expect(await once(child, "close")).toEqual([0, null]);
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
  const document = sessionSchema.parse(lines.pop());
  const of = (name: string) => lines.filter(({ event }) => event === name);
  for (const name of ["order", "fill", "ended", "dropped"]) {
    for (const line of of(name)) expect(sessionEventSchema.parse(line)).toEqual(line);
  }
  const [dropped, ...more] = of("dropped") as { count: number; kinds: Record<string, number> }[];
  expect(more).toEqual([]);
  expect(dropped!.kinds.bar).toBeGreaterThan(100);
  expect(of("bar").length + dropped!.kinds.bar!).toBe(bars);
  expect(of("log")).toHaveLength(bars);
  expect(of("order")).toHaveLength(bars);
  expect(of("fill").length).toBe(document.session.fills);
}, 90_000);
