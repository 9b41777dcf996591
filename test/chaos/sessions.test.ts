import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { noFaults } from "../../src/run/chaos/faults.ts";
import type { Schedule, Start } from "../../src/run/chaos/schedule.ts";
import { runTrial } from "../../src/run/chaos/trial.ts";
import { killPoints } from "../../src/run/session/killPoint.ts";
import { bin, buildWhenStale, root } from "../e2e/geosync.ts";

const folder = mkdtempSync(join(tmpdir(), "geosync-chaos-"));
beforeAll(buildWhenStale);
afterAll(() => rmSync(folder, { recursive: true }));

const calm = { faults: noFaults, blows: [], from: "connected" } as const;
const last: Start = { ...calm, end: { kind: "stop", afterMs: 500, onExit: "keep" } };

it("a session killed before and after commits and sends loses nothing and does nothing twice", async () => {
  const starts = killPoints.map((point, i): Start => {
    return { ...calm, end: { kind: "kill-at", point, count: 2 + i, afterMs: 15_000 } };
  });
  const schedule: Schedule = { seed: 3, liquidity: 1, starts: [...starts, last] };
  const trial = await runTrial({
    command: [process.execPath, bin],
    folder: join(folder, "kills"),
    schedule,
    symbols: ["BTCUSDT"],
    flags: [
      ...["--strategy", join(root, "examples/strategies/restless.ts")],
      ...["--timeframe", "1s", "--feeds", "candles,trades"],
    ],
  });
  expect(trial.violations).toEqual([]);
  expect(trial.kills).toBe(4);
  expect(trial.fills).toBeGreaterThan(0);
  expect(existsSync(join(folder, "kills/sessions/chaos/journal.db"))).toBe(true);
}, 120_000);
