/**
 * All figures, or those named, as a table: `npm run bench [-- csv engine fills process help grademark journal liveBook adapter venue recovery soak latency geometry grpc webSocket api] [-- --write]`.
 * --write puts the table into the README between its markers, and every document, with all raw values, into
 * bench/results.ndjson, one a line; figures that were not run now keep their place when they come from the same machine.
--quick takes tiny sizes. Builds first, so that it is these sources that are measured.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { root, wholeProcess } from "./figure.js";

const figures = [
  "csv",
  "engine",
  "fills",
  "process",
  "help",
  "grademark",
  "journal",
  "liveBook",
  "adapter",
  "venue",
  "recovery",
  "soak",
  "latency",
  "geometry",
  "grpc",
  "webSocket",
  "api",
];
const markers = { start: "<!-- figures -->", end: "<!-- /figures -->" };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    readme: { type: "string", default: `${root}README.md` },
    results: { type: "string", default: `${root}bench/results.ndjson` },
  },
});
const names = positionals.length === 0 ? figures : positionals;
const unknown = names.find((name) => !figures.includes(name));
if (unknown !== undefined) throw new Error(`expected figures among ${figures.join(", ")}, found ${unknown}`);
if (values.write) partsOf(values.readme);
if (!values.quick || !existsSync(`${root}dist/cli/main.js`)) {
  await wholeProcess([`${root}bin/build.js`]);
}

const documents = [];
for (const name of names) {
  process.stderr.write(`${name} …\n`);
  const { stdout } = await wholeProcess([`${root}bench/${name}.js`, ...(values.quick ? ["--quick"] : [])]);
  documents.push(JSON.parse(stdout));
  // After each: the run of all takes many minutes, and what is measured shall not be lost.
  if (values.write) publish(withEarlier(documents));
}
process.stdout.write(tableOf(documents));

function publish(all) {
  const [before, after] = partsOf(values.readme);
  writeFileSync(values.readme, `${before}${markers.start}\n${tableOf(all)}${markers.end}${after}`);
  writeFileSync(values.results, all.map((document) => `${JSON.stringify(document)}\n`).join(""));
}

/** What stands before and after the table. */
function partsOf(readme) {
  const pieces = readFileSync(readme, "utf8").split(new RegExp(`${markers.start}[^]*${markers.end}`));
  if (pieces.length === 2) return pieces;
  throw new Error(`${readme}: expected a line ${markers.start} and later one ${markers.end}, found none`);
}

/** In the order of `figures`, those of earlier runs included. */
function withEarlier(fresh) {
  if (!existsSync(values.results)) return fresh;
  const lines = readFileSync(values.results, "utf8").trim().split("\n");
  const sameMachine = ({ node, cpu, cores, quick }) => JSON.stringify([node, cpu, cores, quick]);
  const earlier = lines
    .map((line) => JSON.parse(line))
    .filter((one) => sameMachine(one) === sameMachine(fresh[0]));
  return figures.flatMap((name) => [...fresh, ...earlier].find(({ figure }) => figure === name) ?? []);
}

function tableOf(all) {
  const [{ node, cpu, cores }] = all;
  const rows = all.flatMap(({ lines }) =>
    lines.map(({ work, target, measured, against, met }) => [
      work,
      target,
      met ? measured : `${measured} (missed)`,
      against,
    ]),
  );
  const lines = [["work", "at least", "measured", "against"], ["---", "---", "---", "---"], ...rows];
  const sizes = values.quick ? " Tiny sizes: these are no figures." : "";
  return [
    ...lines.map((cells) => `| ${cells.join(" | ")} |`),
    "",
    `Medians; every measurement in a fresh process; Node ${node.slice(1)}, ${cores} × ${cpu}.${sizes}`,
    "",
  ].join("\n");
}
