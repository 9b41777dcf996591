/** The programs of examples/integrations, as a stranger runs them, and what they print. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { bin, buildWhenStale, root, workingFolder } from "../e2e/geosync.ts";

const home = "examples/integrations";
beforeAll(buildWhenStale);

/** Program → what its output must have. */
const expected: Readonly<Record<string, readonly RegExp[]>> = {
  "binance.mjs": [
    /^last price \d+\.\d+$/m,
    /^filled 0\.01 BTC at \d+/m,
    // The fee of 0.1 % is charged in the coin.
    /^paid \d+(?:\.\d+)? USDT; got 0\.00999 BTC$/m,
  ],
  "coinbase.mjs": [/^2024-01-01T00:00:00\.000Z 42000\.2 3\.25$/m, /^USD 1000$/m, /^cancelled true$/m],
  "kraken.mjs": [/^2024-01-01T00:00:00\.000Z 420\d0\.2 3\.25$/m, /^BTC 0\.5$/m, /^cancelled true$/m],
  "alpha-vantage.mjs": [
    /^added 65 bars, up to 2024-03-29T00:00:00Z$/m,
    /^added 65 bars, up to 2024-06-28T00:00:00Z$/m,
    /^momentum: \d+ trades, final equity \d+\.\d+$/m,
  ],
  "iex.mjs": [/^2024-01-05T14:30:00Z,AAPL,182\.09,182\.4,181\.95,182\.31,1204\n2024-01-05T14:32:00Z/m],
  "own-provider.mjs": [/"provider": "candle-house"/, /"added": 168,/, /"last": "2024-01-07T23:00:00Z"/],
  "own-data-source.mjs": [/^[#ℹ] tests 12$/m, /^[#ℹ] pass 12$/m],
  "own-execution-adapter.mjs": [/^[#ℹ] tests 14$/m, /^[#ℹ] pass 14$/m],
  "strategy-forms.mjs": [
    /^handlers: [1-9]\d* trades, -?\d/m,
    /^a class: [1-9]\d* trades, -?\d/m,
    /^a function of all prices: [1-9]\d* trades, -?\d/m,
  ],
  "retry-and-limits.mjs": [
    /^try 2 failed: nobody listens yet$/m,
    /^connected to the feed at try 3$/m,
    /: GEO-VENUE-LIMITED\n.+: ok$/m,
    /^GEO-ORDER-UNKNOWN; asked for by its name, it is filled$/m,
  ],
  "rest-client.mjs": [
    /^status running$/m,
    /^filled 0\.01 twice asked, the same: true$/m,
    /^position BTC\/USDT exactly at string$/m,
    /^400 GEO-VALUE$/m,
  ],
  "websocket-client.mjs": [
    /^subscribed ticks\nsnapshot ticks\nupdate BTCUSD at \d+/m,
    /^next after the break, without a gap: true$/m,
  ],
  "grpc-client.mjs": [/^Order ID: \d+ filled$/m, /^not traded: ETHUSD\n(?:BTCUSD: \d+(?:\.\d+)?\n){2}/m],
  "prometheus.mjs": [
    /^geosync_orders_total\{.*side="buy".*\} [1-9]/m,
    /^geosync_equity\{currency="USDT"\} \d+/m,
  ],
  "orchestrator.mjs": [/^1 buy 0\.1$/m],
  "credentials.mjs": [
    /^balances: .*USDT/m,
    /^what a log would show: ExchangeAdapter \{\} \{\}$/m,
    /^doctor: .*BINANCE_TESTNET_API_KEY/m,
  ],
};

describe("every program runs with one command", () => {
  it.each(Object.entries(expected))("%s", async (name, patterns) => {
    const { stdout, stderr, exitCode } = await execa(process.execPath, [join(home, name)], {
      ...{ cwd: root, extendEnv: false, env: { PATH: process.env.PATH ?? "" }, reject: false },
    });
    expect(exitCode, stderr).toBe(0);
    for (const pattern of patterns) expect(stdout).toMatch(pattern);
    expect(`${stdout}${stderr}`).not.toMatch(/example-(?:key|token)|secret-of/);
  });
});

it("README.md has a line for each, and for nothing else", () => {
  const programs = readdirSync(join(root, home)).filter((name) => name.endsWith(".mjs"));
  const workflows = readdirSync(join(root, home, "github-actions")).map((name) => `github-actions/${name}`);
  const listed = [
    ...readFileSync(join(root, home, "README.md"), "utf8").matchAll(/^\| \[(.+?)\]\((.+?)\) \|/gm),
  ];
  expect(listed.map(([, , path]) => path).sort()).toEqual([...programs, ...workflows].sort());
  expect(listed.filter(([, title, path]) => title !== path)).toEqual([]);
  for (const name of Object.keys(expected)) expect(programs).toContain(name);
});

describe("the workflow of GitHub Actions", () => {
  const text = readFileSync(join(root, home, "github-actions/backtest-gate.yml"), "utf8");
  const workflow = parse(text) as {
    readonly on: Readonly<Record<string, unknown>>;
    readonly permissions: unknown;
    readonly jobs: { readonly backtest: { readonly steps: readonly Step[] } };
  };
  const { steps } = workflow.jobs.backtest;
  const commands = steps.flatMap(({ run }) => run ?? []);
  const folder = workingFolder();
  afterAll(() => rmSync(folder, { recursive: true }));

  it("runs on pull requests, may read alone, and keeps the report", () => {
    expect(Object.keys(workflow.on)).toContain("pull_request");
    expect(workflow.permissions).toEqual({ contents: "read" });
    expect(steps.at(-1)).toMatchObject({
      uses: expect.stringMatching(/^actions\/upload-artifact@/),
      if: "always()",
    });
    expect(commands.filter((command) => command.includes("geosync")).length).toBeGreaterThan(1);
  });

  it("passes, and leaves the report that it uploads", async () => {
    for (const command of commands) expect((await step(command, folder)).exitCode, command).toBe(0);
    const { path } = steps.at(-1)!.with as { readonly path: string };
    expect(readdirSync(join(folder, path)).length).toBeGreaterThan(0);
  });

  it("stops a strategy that misses a limit", async () => {
    const gate = commands.find((command) => command.includes("trades>30"))!;
    const { exitCode, stderr } = await step(gate.replace("trades>30", "trades>100000"), folder);
    expect(exitCode, stderr).toBe(3);
  });
});

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly with?: unknown;
}

/** As a runner does: bash that stops at the first failure. What `npm ci` installs is here already. */
function step(command: string, cwd: string) {
  const shims = `geosync() { "${process.execPath}" "${bin}" "$@"; }; npx() { "$@"; }; npm() { :; }`;
  return execa("bash", ["-c", `set -eo pipefail\n${shims}\n${command}`], {
    ...{ cwd, extendEnv: false, env: { PATH: process.env.PATH ?? "" }, reject: false },
  });
}
