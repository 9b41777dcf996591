import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorSchema } from "../../src/report/schema.ts";
import { sessionsSchema } from "../../src/report/sessionsSchema.ts";
import { SessionStore } from "../../src/store/sessionStore.ts";
import { header } from "../store/payload.ts";
import { buildWhenStale, documentOf, geosync, workingFolder } from "./geosync.ts";

const folder = workingFolder();
const stateDir = join(folder, ".geosync/sessions");
beforeAll(async () => {
  buildWhenStale();
  const store = await SessionStore.open({
    ...{ stateDir, name: "btc-momentum", version: "0.1.0", create: header, now: () => Date.UTC(2024, 0, 2) },
  });
  for (let i = 0; i < 1200; i++) store.append(i % 2, Date.UTC(2024, 0, 1) + i, new Uint8Array(20));
  store.close("SIGINT");
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: readonly string[]) => geosync(["sessions", ...args], { cwd: folder });

describe("sessions", () => {
  it("lists those of the working folder", async () => {
    const { stdout, exitCode, stderr } = await run();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^name +status +mode +venue +symbols +strategy +entries +size +last activity$/m);
    expect(stdout).toMatch(
      /^btc-momentum +stopped +testnet +binance +BTC\/USDT +momentum +1,200 +\S+ KiB +20/m,
    );
    const { sessions } = documentOf((await run("--json")).stdout, sessionsSchema);
    expect(sessions).toMatchObject([{ name: "btc-momentum", status: "stopped", entries: 1200 }]);
    expect(sessions[0]!.details).toBeUndefined();
  });

  it("shows one in detail", async () => {
    const { stdout } = await run("btc-momentum");
    for (const line of [
      /^created +2024-01-02T00:00:00Z by geosync 0\.1\.0$/m,
      /^mode +testnet on binance$/m,
      /^parameters +lookback=60$/m,
      /^settings +cash=10000 timeframe=1m$/m,
      /^checkpoint +none$/m,
      /^last entries +500 of kind 0, 500 of kind 1; 2024-01-01T00:00:00\.200Z to 2024-01-01T00:00:01\.199Z$/m,
      /^1 +2024-01-02T00:00:00Z +0\.1\.0 +\d+ +0 +2024-01-02T00:00:00Z SIGINT$/m,
    ])
      expect(stdout).toMatch(line);
    const { sessions } = documentOf((await run("btc-momentum", "--json")).stdout, sessionsSchema);
    expect(sessions[0]!.details!.recent.kinds).toEqual({ 0: 500, 1: 500 });
  });

  it("looks where it is told to", async () => {
    expect((await run("--state-dir", "elsewhere")).stdout).toContain(
      `no sessions in ${join(folder, "elsewhere")}`,
    );
    const env = { PATH: process.env.PATH ?? "", GEOSYNC_STATE_DIR: stateDir };
    expect((await geosync(["sessions"], { env })).stdout).toContain("btc-momentum");
  });

  it.each([
    ["btc-momentun", 4, "GEO-SESSION", 'Did you mean "btc-momentum"?'],
    ["../sessions", 2, "GEO-OPTION-VALUE", "expected a name"],
  ])("refuses %s", async (name, exit, code, message) => {
    const { stdout, exitCode } = await run(name, "--json");
    const { error } = documentOf(stdout, errorSchema);
    expect([exitCode, error.code]).toEqual([exit, code]);
    expect(error.message).toContain(message);
  });
});
