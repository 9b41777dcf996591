/**
 * Holds README.md and docs/*.md to the program: ```sh blocks run, a ```text block right after one is what it prints,
 * a ```ts block after `<!-- path -->` is that file, links resolve. `UPDATE_DOCS=1 npx vitest run --config
 * test/vitest.config.ts test/e2e/docs.test.ts` writes new output and files into the documents.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reasons } from "../../src/domain/reasons.ts";
import { bin, buildWhenStale, geosync, root, workingFolder } from "./geosync.ts";

const documents = ["README.md", ...markdownIn("docs"), "data/README.md"];
const examples = readdirSync(join(root, "examples/strategies"));
const updates = process.env.UPDATE_DOCS === "1";

beforeAll(buildWhenStale);

describe.each(documents)("%s", (document) => {
  const folder = workingFolder();
  // Programs import geosync as from where it is installed.
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/geosync"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const shell = blocksOf(read(document), "sh");
  it.runIf(shell.length > 0)(
    "shows commands that run, and what they print",
    async () => {
      for (const block of shell) {
        const { stdout, stderr, exitCode } = await run(block.text, folder);
        expect(exitCode, `${block.text}\n${stderr}`).toBe(0);
        if (block.output === undefined) continue;
        if (updates) replaceIn(document, "text", block.output, `${stdout}\n`);
        else expect(steady(`${stdout}\n`)).toBe(steady(block.output));
      }
    },
    240_000,
  );

  it("names scripts of npm that there are", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const known = [...Object.keys(scripts).map((name) => `run ${name}`), "test", "ci", "install", "pack"];
    for (const { text } of shell) {
      for (const [, called] of text.matchAll(/\bnpm (run \S+|\S+)/g)) expect(known).toContain(called);
    }
  });

  const quotations = [...read(document).matchAll(/<!-- (\S+\.ts) -->\n```ts\n([\s\S]*?)```/g)];
  it.runIf(quotations.length > 0)("quotes files as they are", () => {
    for (const [, file, text] of quotations) {
      if (updates) replaceIn(document, "ts", text!, read(file!));
      else expect(text).toBe(read(file!));
    }
  });

  it("links to what exists", () => {
    for (const [, target] of read(document).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target!)) continue;
      const [path, anchor] = target!.split("#") as [string, string?];
      const linked = path === "" ? document : join(dirname(document), path);
      expect(existsSync(join(root, linked)), `${target} in ${document}`).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(read(linked)), `${target} in ${document}`).toContain(anchor);
    }
  });

  it("names source files that there are", () => {
    for (const [, path] of read(document).matchAll(/`((?:src|test|bin|examples|strategies)\/[\w/.-]+)`/g)) {
      expect(existsSync(join(root, path!)), `${path} in ${document}`).toBe(true);
    }
  });

  it("keeps to lines of 120 characters, tables aside", () => {
    const long = read(document)
      .split("\n")
      .filter((line) => line.length > 120 && !line.startsWith("|"));
    expect(long).toEqual([]);
  });
});

describe("the examples", () => {
  it("are all explained in docs/strategies.md", () => {
    for (const file of examples)
      expect(read("docs/strategies.md")).toContain(`<!-- examples/strategies/${file} -->`);
  });

  it.each(examples)("%s trades", async (file) => {
    const data = file === "hourly.ts" ? "data/BTCUSDT_1m_synthetic.csv" : "data/SP500_1d.csv";
    const { stdout } = await geosync([
      "backtest",
      data,
      "--strategy",
      `examples/strategies/${file}`,
      "--json",
    ]);
    const report = JSON.parse(String(stdout)) as { readonly trades: readonly unknown[] };
    expect(report.trades.length).toBeGreaterThan(30);
  });
});

describe("docs/fill-rules.md", () => {
  it("lists every reason code with its meaning, and no other", () => {
    const [, section] = read("docs/fill-rules.md").split("## How a request can end");
    const listed = [...section!.matchAll(/^\| `([a-z]+(?::[a-z-]+)?)` \| (.+) \|$/gm)];
    expect(Object.fromEntries(listed.map(([, code, meaning]) => [code, meaning]))).toEqual(reasons);
  });
});

interface Block {
  readonly text: string;
  /** What the document says it prints. */
  readonly output: string | undefined;
}

function blocksOf(markdown: string, language: string): readonly Block[] {
  const shape = new RegExp(
    `^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`\\n(?:\\n\`\`\`text\\n([\\s\\S]*?)^\`\`\`)?`,
    "gm",
  );
  return [...markdown.matchAll(shape)].map(([, text, output]) => ({ text: text!, output }));
}

/** A block as one script. A command that is to fail says so: `geosync … # exits with 3`. */
function run(text: string, folder: string) {
  const script = text.replace(
    /^(.+?) +# exits with (\d+)$/gm,
    (_, command: string, code: string) => `code=0; { ${command}; } || code=$?; test "$code" = ${code}`,
  );
  // What is installed, built and measured here was so before the tests began.
  const commands = `geosync() { "${process.execPath}" "${bin}" "$@"; }; npx() { "$@"; }; npm() { :; }`;
  return execa("bash", ["-c", `set -euo pipefail\n${commands}\n${script}`], {
    cwd: folder,
    extendEnv: false,
    env: { PATH: process.env.PATH ?? "" },
    reject: false,
  });
}

/** Without what differs from run to run. */
function steady(output: string): string {
  return output.replace(/\d+\.\d\d s\.$/m, "? s.");
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

function replaceIn(file: string, language: string, old: string, fresh: string): void {
  if (steady(old) === steady(fresh)) return;
  const fenced = (text: string) => `\`\`\`${language}\n${text}\`\`\``;
  writeFileSync(
    join(root, file),
    read(file).replace(fenced(old), () => fenced(fresh)),
  );
}

function markdownIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`);
}

/** As renderers make them of headings. */
function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, "")
      .replaceAll(" ", "-"),
  );
}
