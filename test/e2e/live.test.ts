/** `geosync live`, `halt` and `replay` as a user runs them: whole processes, on files and at the local exchange. */
import { createHmac } from "node:crypto";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { errorSchema } from "../../src/report/schema.ts";
import { haltSchema, replaySchema, sessionSchema } from "../../src/report/sessionSchema.ts";
import { bin, buildWhenStale, documentOf, geosync, workingFolder } from "./geosync.ts";
import { begun, eventsOf, holder, type Line, ticker } from "./liveProcess.ts";

const folder = workingFolder();
const stateDir = join(folder, ".geosync/sessions");
const file = ["--paper", "--data", "data/BTCUSDT_1m_synthetic.csv"];
let url = "";

beforeAll(async () => {
  buildWhenStale();
  writeFileSync(join(folder, "holder.ts"), holder);
  writeFileSync(join(folder, "ticker.ts"), ticker);
  const venue = execa(process.execPath, [bin, "venue", "--port", "0", "--json"], {
    ...{ cwd: folder, extendEnv: false, env: {}, reject: false, buffer: false },
  });
  killVenue = () => venue.kill("SIGKILL");
  const line = await new Promise<string>((resolve) =>
    venue.stdout.once("data", (data) => resolve(String(data))),
  );
  url = (JSON.parse(line) as { url: string }).url;
}, 120_000);
let killVenue = (): unknown => undefined;
afterAll(() => {
  killVenue();
  rmSync(folder, { recursive: true });
});

const env = { PATH: process.env.PATH ?? "" };
const started = (...args: readonly string[]) => begun(folder, args);
const keys = { ...env, BINANCE_API_KEY: "demo", BINANCE_API_SECRET: "demo" };
const run = (...args: readonly string[]) => geosync(args, { cwd: folder, env });
const live = (...args: readonly string[]) => run("live", ...args);
const atVenue = () => ["--venue", "binance", "--testnet", "--venue-url", url, "--timeframe", "1s"];

async function signed(path: string) {
  const query = `timestamp=${Date.now()}`;
  const signature = createHmac("sha256", "demo").update(query).digest("hex");
  const init = { headers: { "X-MBX-APIKEY": "demo" } };
  // biome-ignore lint/suspicious/noExplicitAny: the tests read what JSON holds.
  return (await fetch(`${url}${path}?${query}&signature=${signature}`, init)).json() as Promise<any>;
}

const bitcoins = async (): Promise<number> => {
  const { balances } = await signed("/api/v3/account");
  const { free, locked } = balances.find(({ asset }: { asset: string }) => asset === "BTC");
  return Number(free) + Number(locked);
};

describe("live on a file", () => {
  it("prints events as lines and the document last, and is replayed to the byte", async () => {
    const { stdout, exitCode } = await live(...file, "--speed", "max", "--session", "one", "--json");
    expect(exitCode).toBe(0);
    const lines = String(stdout)
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    const names = new Set(eventsOf(lines).map(({ event }) => event));
    for (const name of ["started", "bar", "order", "fill", "account", "stopping"])
      expect(names).toContain(name);
    const { session } = sessionSchema.parse(lines.at(-1));
    expect(session).toMatchObject({ name: "one", finished: true, halted: null, stopped: "the data ended" });
    const replayed = await run("replay", "one", "--json");
    expect(documentOf(replayed.stdout, replaySchema)).toMatchObject({ identical: true });
    const other = await run("replay", "one", "--param", "lookback=21", "--json");
    expect(other.exitCode).toBe(3);
    expect(documentOf(other.stdout, replaySchema).divergence?.causes).toContain(
      "params was given for this replay",
    );
  });

  it("stops after so many bars, and goes on from there", async () => {
    const start = (...more: readonly string[]) =>
      live(...file, "--speed", "max", "--session", "parts", "--until-bars", "100", "--json", ...more);
    for (const part of [1, 2]) {
      const lines = String((await start(...(part === 2 ? ["--resume"] : []))).stdout)
        .split("\n")
        .map((line) => JSON.parse(line) as Line);
      expect(lines.filter(({ event }) => event === "bar")).toHaveLength(100);
      const { session } = sessionSchema.parse(lines.at(-1));
      expect(session).toMatchObject({ bars: 100 * part, starts: part, stopped: "after 100 bars" });
    }
  });

  it("stops when its time is over, with 0", async () => {
    const { exitCode, stdout } = await live(...file, "--session", "timed", "--max-runtime", "1s");
    expect({ exitCode }).toEqual({ exitCode: 0 });
    expect(stdout).toContain("as --max-runtime says");
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s stops it in order, with %d, and the document is last", async (signal, code) => {
    const { child, lines, until } = started(...file, "--speed", "600", "--session", `by-${signal}`);
    await until("bar");
    child.kill(signal);
    const { exitCode, stderr } = await child;
    expect({ exitCode, stderr }).toEqual({ exitCode: code, stderr: "stopped" });
    expect(sessionSchema.parse(lines.at(-1)).session.stopped).toContain(signal);
  });

  it.each(["keep", "cancel", "flatten"])("--on-exit %s", async (rule) => {
    const args = [...file, "--strategy", "holder.ts", "--speed", "600", "--session", `exit-${rule}`];
    const { child, lines, until } = started(...args, "--on-exit", rule);
    await until("fill");
    child.kill("SIGINT");
    expect((await child).exitCode).toBe(130);
    const document = sessionSchema.parse(lines.at(-1));
    expect(document.positions).toHaveLength(rule === "flatten" ? 0 : 1);
    expect(document.openOrders).toHaveLength(rule === "keep" ? 1 : 0);
    expect(document.session.finished).toBe(rule === "flatten");
  });

  it("is not harmed by two signals at once", async () => {
    const { child, until } = started(...file, "--speed", "600", "--session", "hasty");
    await until("bar");
    child.kill("SIGINT");
    child.kill("SIGINT");
    expect((await child).exitCode).toBe(130);
    expect((await run("replay", "hasty")).exitCode).toBe(0);
    expect((await live(...file, "--speed", "max", "--session", "hasty")).exitCode).toBe(0);
  });
});

describe("halt", () => {
  it("halts a session that runs, until it is lifted; it survives restarts and ends with 6", async () => {
    const { child, lines, until } = started(...file, "--speed", "60", "--session", "halted");
    await until("bar");
    const { stdout } = await run("halt", "halted", "--because", "the news");
    expect(stdout).toBe("halted: halted (the news): at once nothing is opened any more");
    expect(await until("halted")).toMatchObject({ because: "kill switch: the news" });
    child.kill("SIGINT");
    expect((await child).exitCode).toBe(130);
    expect(sessionSchema.parse(lines.at(-1)).session.halted).toBe("kill switch: the news");

    const again = await live(
      ...file,
      "--speed",
      "max",
      "--session",
      "halted",
      "--until-bars",
      "50",
      "--json",
    );
    expect(again.exitCode).toBe(6);
    expect((await run("halt", "halted", "--lift")).stdout).toBe(
      "halted: may trade again, when it is started again",
    );
    const last = await live(...file, "--speed", "max", "--session", "halted", "--until-bars", "50", "--json");
    expect(last.exitCode).toBe(0);
    expect((await run("replay", "halted")).exitCode).toBe(0);
  });

  it("closes what a session holds, when it is told to", async () => {
    const { child, lines, until } = started(
      ...file,
      "--strategy",
      "holder.ts",
      "--speed",
      "600",
      "--session",
      "flat",
    );
    await until("fill");
    await run("halt", "flat", "--flatten");
    await until("halted");
    await expect.poll(() => lines.some(({ event, side }) => event === "fill" && side === "sell")).toBe(true);
    child.kill("SIGINT");
    await child;
    const document = sessionSchema.parse(lines.at(-1));
    expect([document.positions, document.openOrders]).toEqual([[], []]);
  });

  it("reaches all of them, and prints a document", async () => {
    const { stdout } = await run("halt", "--all", "--json");
    const { sessions } = documentOf(stdout, haltSchema);
    expect(sessions.length).toBeGreaterThan(3);
    expect(existsSync(join(stateDir, "halted/HALT"))).toBe(true);
    expect((await run("halt", "--all", "--lift")).exitCode).toBe(0);
    expect(existsSync(join(stateDir, "halted/HALT"))).toBe(false);
  });

  it.each([
    [["nobody"], 4, "GEO-SESSION"],
    [[], 2, "GEO-USAGE"],
    [["one", "--all"], 2, "GEO-USAGE"],
    [["one", "--lift", "--flatten"], 2, "GEO-USAGE"],
    [["one", "--because", " "], 2, "GEO-OPTION-VALUE"],
  ])("refuses %j", async (args, exit, code) => {
    const { stdout, exitCode } = await run("halt", ...args, "--json");
    expect([exitCode, documentOf(stdout, errorSchema).error.code]).toEqual([exit, code]);
  });
});

describe("live at the local exchange", () => {
  it.each([
    ["keep", 0.01, 1],
    ["cancel", 0.01, 0],
    ["flatten", 0, 0],
  ] as const)(
    "--on-exit %s leaves there what it says",
    async (rule, held, open) => {
      const before = await bitcoins();
      const args = [...atVenue(), "--strategy", "holder.ts", "--session", `venue-${rule}`, "--on-exit", rule];
      const { child, lines, until } = started(...args);
      await until("fill");
      await until("account");
      await expect.poll(async () => (await signed("/api/v3/openOrders")).length).toBe(1);
      child.kill("SIGINT");
      expect((await child).exitCode).toBe(130);
      const names = new Set(eventsOf(lines).map(({ event }) => event));
      for (const name of ["sent", "answered", "status"]) expect(names).toContain(name);
      const orders = await signed("/api/v3/openOrders");
      expect(orders).toHaveLength(open);
      expect((await bitcoins()) - before).toBeCloseTo(held, 3);
      expect((await run("replay", `venue-${rule}`)).exitCode).toBe(0);
      if (rule !== "keep") return;
      const ended = await live(...args.slice(0, -1), "cancel", "--until-bars", "1");
      expect(ended.exitCode).toBe(0);
      expect(await signed("/api/v3/openOrders")).toHaveLength(0);
    },
    60_000,
  );

  it.each(["trades", "quotes", "book"])(
    "runs a strategy on %s alone",
    async (feeds) => {
      const session = ["--session", `only-${feeds}`, "--feeds", feeds, "--on-exit", "flatten"];
      const { child, lines, until } = started(...atVenue(), "--strategy", "ticker.ts", ...session);
      await until("fill");
      child.kill("SIGTERM");
      expect((await child).exitCode).toBe(143);
      const { bars: _, fills } = sessionSchema.parse(lines.at(-1)).session;
      expect(fills).toBe(2);
    },
    60_000,
  );

  it("does not call bars of the past bars of now", async () => {
    const { stdout } = await live(...atVenue(), "--session", "warm", "--until-bars", "2", "--json");
    const lines = String(stdout)
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    const past = lines.findIndex(({ event }) => event === "history");
    expect(lines[past]?.bars).toBeGreaterThanOrEqual(20);
    expect(lines.slice(0, past).some(({ event }) => event === "bar")).toBe(false);
    expect(lines.filter(({ event }) => event === "bar")).toHaveLength(2);
  }, 30_000);
});

it("a webhook is told of start, fills and end", async () => {
  const kinds: string[] = [];
  const http = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += String(piece);
    kinds.push((JSON.parse(body) as { kind: string }).kind);
    response.end();
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void http.close());
  const hook = `http://127.0.0.1:${(http.address() as AddressInfo).port}/secret`;
  const args = ["--strategy", "holder.ts", "--session", "told", "--until-bars", "5", "--notify", hook];
  const { exitCode } = await live(...file, "--speed", "max", ...args);
  expect(exitCode).toBe(0);
  expect(kinds).toEqual(["started", "fill", "stopped"]);
});

describe("real money", () => {
  const spelt = () => [
    ...["--live", "--venue", "binance", "--venue-url", url, "--symbol", "BTC/USDT", "--timeframe", "1s"],
    ...["--strategy", "momentum", "--cash", "500", "--on-exit", "cancel", "--on-drift", "halt"],
  ];

  it("names every choice that was not made", async () => {
    const { stdout, exitCode } = await live("--live", "--venue", "binance", "--json");
    expect(exitCode).toBe(2);
    expect(documentOf(stdout, errorSchema).error.message).toContain(
      "--symbol, --timeframe, --strategy, --cash, --on-exit, --on-drift",
    );
  });

  it("is not traded without a confirmation", async () => {
    const { stderr, exitCode } = await geosync(["live", ...spelt()], {
      cwd: folder,
      env: keys,
      input: "yes\n",
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Type "trade binance" when asked, or add --yes.');
  });

  it("is not traded without credentials, and says where they go", async () => {
    const { stderr, exitCode } = await live(...spelt(), "--yes");
    expect(exitCode).toBe(5);
    expect(stderr).toContain("BINANCE_API_KEY");
  });

  it("is traded when all is said", async () => {
    const args = ["live", ...spelt(), "--yes", "--until-bars", "1", "--json"];
    const { stdout, exitCode } = await geosync(args, { cwd: folder, env: keys });
    expect(exitCode).toBe(0);
    const last = String(stdout).split("\n").at(-1)!;
    expect(sessionSchema.parse(JSON.parse(last)).session).toMatchObject({ mode: "live", cash: "500" });
  }, 30_000);
});

describe("live refuses", () => {
  it.each<[string, readonly string[], number, string]>([
    [
      "neither paper, testnet nor live",
      ["--venue", "binance"],
      2,
      "expected one of --paper, --testnet and --live",
    ],
    ["two of them", ["--paper", "--live", "--venue", "binance"], 2, "found --paper and --live"],
    ["to resume what is not there", [...file, "--resume", "--session", "never"], 4, "never"],
    ["to resume what is not named", [...file, "--resume"], 2, "expected --session <name>"],
    ["nothing to trade on", ["--paper"], 2, "expected --venue <name>, or --data <file>"],
    ["a testnet where there is none", ["--venue", "kraken", "--testnet"], 5, "Kraken has no sandbox"],
    ["a testnet without an account", ["--venue", "binance", "--testnet"], 5, "BINANCE_TESTNET_API_KEY"],
  ])("%s", async (_, args, exit, message) => {
    const { stdout, exitCode } = await live(...args, "--json");
    const { error } = documentOf(stdout, errorSchema);
    expect(`${error.message} ${error.hint}`).toContain(message);
    expect(exitCode).toBe(exit);
    expect(String(stdout).split("\n")).toHaveLength(1);
  });
});
