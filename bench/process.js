/**
 * A whole `geosync backtest`, from the start of the process to its end, against a process that parses the same file
 * with csv-parse: `node bench/process.js [--quick]`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alternate, figure, repeat, root, short, spread, wholeProcess } from "./figure.js";
import { writeCsv } from "./walk.js";

const maxShare = 1 / 3;
const maxMB = 250;

figure(import.meta.url, {
  async report({ quick }) {
    const rows = quick ? 3_000 : 1_000_000;
    const folder = await mkdtemp(join(tmpdir(), "geosync-process-"));
    try {
      const path = join(folder, "BTC-USDT_1m.csv");
      await writeCsv(path, rows);
      const result = await compare(path, rows, folder, quick);
      return { lines: linesOf(result), results: [result] };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
});

async function compare(path, rows, cwd, quick) {
  const backtest = [`${root}bin/geosync.js`, "backtest", path, "--strategy", "sma-cross"];
  const parse = ["--input-type=module", "-e", parseProgram, path];
  const msOf = async (args) => (await wholeProcess(args, { cwd })).ms;
  const pairs = await alternate(
    quick ? 1 : 7,
    () => msOf(backtest),
    () => msOf(parse),
  );
  // Memory in runs of its own: the probe must not cost the others time.
  const peaks = await repeat(quick ? 1 : 3, () => peakOf(backtest, cwd));
  return {
    rows,
    share: spread(pairs.map(([ours, theirs]) => ours / theirs)),
    backtestMs: spread(pairs.map(([ours]) => ours)),
    csvParseMs: spread(pairs.map(([, theirs]) => theirs)),
    peakMB: spread(peaks.map(({ own }) => own)),
    peakWithBundlerMB: spread(peaks.map(({ own, children }) => own + children)),
  };
}

const parseProgram = `
import { countRecords } from ${JSON.stringify(new URL("csvParse.js", import.meta.url).href)};
console.log(await countRecords(process.argv[1]));`;

/** Peak resident memory in MB of the process, and (on Linux) of the bundler that it keeps beside it. */
async function peakOf(args, cwd) {
  const nodeOptions = ["--import", `data:text/javascript,${encodeURIComponent(probe)}`];
  return JSON.parse((await wholeProcess(args, { cwd, nodeOptions })).aside);
}

const probe = `
import { existsSync, readFileSync, writeSync } from "node:fs";
process.on("exit", () => {
  const list = "/proc/self/task/" + process.pid + "/children";
  const pids = existsSync(list) ? readFileSync(list, "utf8").trim().split(" ").filter(Boolean) : [];
  const peaks = pids.map((pid) => Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/" + pid + "/status", "utf8"))?.[1] ?? 0));
  const mega = (kibi) => kibi * 1024 / 1e6;
  const children = peaks.reduce((sum, peak) => sum + mega(peak), 0);
  writeSync(3, JSON.stringify({ own: mega(process.resourceUsage().maxRSS), children }));
});`;

function linesOf({ rows, share, backtestMs, csvParseMs, peakMB, peakWithBundlerMB }) {
  const seconds = ({ median }) => `${(median / 1000).toFixed(2)} s`;
  return [
    {
      work: `whole \`geosync backtest\` on ${short(rows)} rows`,
      target: "under a third of csv-parse's time",
      measured: `${seconds(backtestMs)}: ${(share.median * 100).toFixed(0)} %`,
      against: `a process that parses the file with csv-parse: ${seconds(csvParseMs)}`,
      met: share.median < maxShare,
    },
    {
      work: "its memory",
      target: `under ${maxMB} MB`,
      measured: `${peakMB.median.toFixed(0)} MB`,
      against: `peak resident; ${peakWithBundlerMB.median.toFixed(0)} MB with esbuild's process`,
      met: peakMB.median < maxMB,
    },
  ];
}
