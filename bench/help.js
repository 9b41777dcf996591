/** `geosync --help` against `node -e 0`, whole processes in turn: `node bench/help.js [--quick]`. */
import { alternate, figure, median, root, spread, wholeProcess } from "./figure.js";

const targetMs = 60;

figure(import.meta.url, {
  async report({ quick }) {
    const help = [`${root}bin/geosync.js`, "--help"];
    const nothing = ["-e", "0"];
    const msOf = async (args) => (await wholeProcess(args)).ms;
    const pairs = await alternate(
      quick ? 3 : 15,
      () => msOf(help),
      () => msOf(nothing),
    );
    const difference = spread(pairs.map(([ours, bare]) => ours - bare));
    const bareMs = spread(pairs.map(([, bare]) => bare));
    const line = {
      work: "`geosync --help`",
      target: `within ${targetMs} ms of \`node -e 0\``,
      measured: `+ ${difference.median.toFixed(0)} ms`,
      against: `\`node -e 0\`: ${bareMs.median.toFixed(0)} ms, ${pairs.length} pairs`,
      met: median(difference.raw) <= targetMs,
    };
    return { lines: [line], results: [{ difference, helpMs: spread(pairs.map(([ours]) => ours)), bareMs }] };
  },
});
