/**
 * A figure of the README: measured in fresh processes, printed as one JSON document. Run a figure's file with --quick
 * for tiny sizes that show that it works and nothing else.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * @param {string} url the figure's import.meta.url
 * @param {object} parts
 * @param {(task: object) => Promise<object>} [parts.measure] one measurement; runs in a process of its own
 * @param {(tools: { quick: boolean, fresh: (task: object) => Promise<object> }) => Promise<object>} parts.report plans
 * the measurements, `fresh` makes one; gives `lines` ({ work, target, measured, against, met }) and raw `results`
 */
export async function figure(url, { measure, report }) {
  // The rest of the caller's file is evaluated first, so that it may stand below the call.
  await null;
  const file = fileURLToPath(url);
  const [mode, task] = process.argv.slice(2);
  if (mode === "--measure") return print(await measure(JSON.parse(task)));
  if (!existsSync(`${root}dist/cli/main.js`)) throw new Error("expected a build in dist: npm run build");
  const quick = mode === "--quick";
  const fresh = async (what) => {
    const { stdout } = await wholeProcess([file, "--measure", JSON.stringify(what)]);
    return JSON.parse(stdout);
  };
  // Of the last minute, before we add to it: above 0 others were at work, and the figures are worth less.
  const load = loadavg()[0];
  const { lines, results } = await report({ quick, fresh });
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    load,
  };
  print({
    schema: "geosync.bench/1",
    figure: file.match(/(\w+)\.js$/)[1],
    quick,
    ...machine,
    lines,
    results,
  });
}

function print(document) {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** Gives `work` a folder on the disk that sessions are on, for as long as it takes. */
export async function inFolder(work) {
  mkdirSync(`${root}bench/.cache`, { recursive: true });
  const folder = mkdtempSync(`${root}bench/.cache/run-`);
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs node with these arguments. @returns what it printed, and ms from its start until it was gone */
export function wholeProcess(args, { cwd = root, nodeOptions = [] } = {}) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, [...nodeOptions, ...args], {
      cwd,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    const texts = ["", "", "", ""];
    for (const fd of [1, 2, 3]) {
      child.stdio[fd].setEncoding("utf8").on("data", (text) => {
        texts[fd] += text;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => {
      const ms = performance.now() - start;
      if (code === 0) resolve({ ms, stdout: texts[1], aside: texts[3] });
      else reject(new Error(`node ${args.join(" ")}: expected exit code 0, found ${code}\n${texts[2]}`));
    });
  });
}

/** Measures two things in turn, the other one first in every second round, so that a slow minute of the machine hits both. */
export async function alternate(rounds, first, second) {
  const pairs = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const a = await first();
      pairs.push([a, await second()]);
    } else {
      const b = await second();
      pairs.push([await first(), b]);
    }
  }
  return pairs;
}

/** `count` measurements, one after the other. */
export async function repeat(count, measure) {
  const values = [];
  for (let i = 0; i < count; i++) values.push(await measure());
  return values;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** Median, extremes and every value, to four digits. */
export function spread(values) {
  const raw = values.map((value) => Number(value.toPrecision(4)));
  return { median: median(raw), min: Math.min(...raw), max: Math.max(...raw), raw };
}

/** Milliseconds that `work` takes, and what it gives. */
export async function timed(work) {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}

/** 12345678 → "12.3 M", 1000 → "1 k": three digits, as much as a measurement is worth. */
export function short(value) {
  const [unit, name] = value >= 1e6 ? [1e6, " M"] : value >= 1e3 ? [1e3, " k"] : [1, ""];
  return `${Number((value / unit).toPrecision(3))}${name}`;
}
