/** What a stranger installs: the packed tarball, in an empty prefix, run from a folder of its own. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa, type Options } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildWhenStale, root } from "./geosync.ts";

const folder = mkdtempSync(join(tmpdir(), "geosync-package-"));
const prefix = join(folder, "prefix");
const elsewhere = join(folder, "elsewhere");
const installed = join(prefix, process.platform === "win32" ? "" : "lib", "node_modules/geosync");
/** Why the tarball could not be installed here: its dependencies are neither cached nor within reach. */
let unreachable: string | null = null;

beforeAll(async () => {
  buildWhenStale();
  for (const path of [prefix, elsewhere]) mkdirSync(path);
  // Built above; other tests run what lifecycle scripts would build anew.
  await execa("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: root });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
  const options = ["--prefix", prefix, "--prefer-offline", "--no-audit", "--no-fund", "--fetch-retries", "0"];
  const install = await execa("npm", ["install", "--global", join(folder, tarball), ...options], {
    cwd: elsewhere,
    reject: false,
  });
  if (install.exitCode === 0) return;
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.exec(install.stderr);
  if (offline === null) throw new Error(install.stderr);
  unreachable = offline[0];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the packed package, installed globally into an empty prefix", () => {
  it("runs a shipped strategy on shipped data", async (test) => {
    if (unreachable !== null) test.skip(`no registry and no cache: ${unreachable}`);
    const data = join(installed, "data/SP500_1d.csv");
    const { stdout, stderr, exitCode } = await command(["backtest", data, "--strategy", "momentum"]);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toContain("Total return");
  });

  it("runs a TypeScript strategy that lies in an unrelated folder, with the host's own geosync", async (test) => {
    if (unreachable !== null) test.skip(`no registry and no cache: ${unreachable}`);
    writeFileSync(
      join(elsewhere, "ACME_1d.csv"),
      "date,close\n2024-01-02,10\n2024-01-03,11\n2024-01-04,12\n",
    );
    writeFileSync(
      join(elsewhere, "mine.ts"),
      `import { type Bar, defineStrategy, OrderError } from "geosync";
      export default defineStrategy({
        name: "mine",
        create: (_, ctx) => ({
          onBar(bar: Bar): void {
            // The errors that the host throws are those that a strategy imports.
            try { ctx.buy({ quantity: -1 }); }
            catch (error) { if (!(error instanceof OrderError)) throw new Error("another copy of geosync"); }
            if (ctx.position.isFlat) ctx.buy({ fraction: 1 });
          },
        }),
      });`,
    );
    const { stdout, stderr, exitCode } = await command([
      "backtest",
      "ACME_1d.csv",
      "--strategy",
      "./mine.ts",
      "--json",
    ]);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(JSON.parse(String(stdout))).toMatchObject({
      reasons: { filled: 1 },
      run: { strategy: { name: "mine" } },
    });
  });

  it("gives programs the public API, with types", async (test) => {
    if (unreachable !== null) test.skip(`no registry and no cache: ${unreachable}`);
    const program = `import { backtest, maxDrawdown } from ${JSON.stringify(join(installed, "dist/index.js"))};
      console.log(typeof backtest, maxDrawdown([0.1, -0.5]));`;
    const { stdout } = await execa(process.execPath, ["--input-type=module", "-e", program], {
      cwd: elsewhere,
    });
    expect(stdout).toBe("function -0.5");
    expect(readdirSync(join(installed, "dist"))).toContain("index.d.ts");
  });

  it("holds what its documents speak of, and nothing else", async (test) => {
    if (unreachable !== null) test.skip(`no registry and no cache: ${unreachable}`);
    const own = readdirSync(installed).filter((name) => name !== "node_modules");
    expect(own.sort()).toEqual(
      [
        ...["LICENSE", "README.md", "bin", "data", "dist", "docs", "examples"],
        ...["package.json", "strategies"],
      ].sort(),
    );
    expect(readdirSync(join(installed, "bin"))).toEqual(["geosync.js"]);
  });
});

function command(args: readonly string[], options: Options = {}) {
  const name = process.platform === "win32" ? "geosync.cmd" : "bin/geosync";
  const env = { PATH: process.env.PATH ?? "" };
  return execa(join(prefix, name), args, {
    cwd: elsewhere,
    extendEnv: false,
    env,
    reject: false,
    ...options,
  });
}
