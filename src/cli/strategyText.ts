import { columns } from "./columns.ts";
import type { ParamEntry, StrategyEntry } from "./runStrategies.ts";

interface Options {
  readonly color: boolean;
}

export function renderList(strategies: readonly StrategyEntry[], options: Options): string {
  const rows = strategies.map(({ name, shipped, description, problem }) => [
    name,
    shipped ? "geosync" : "./strategies",
    problem === null ? description : `can't be loaded: ${problem.split("\n")[0]}`,
  ]);
  const more = "geosync strategies <name> explains its parameters.";
  return `${columns(["name", "from", "description"], rows, options)}\n${more}\n`;
}

export function renderOne(entry: StrategyEntry, options: Options): string {
  const { name, path, description, params } = entry;
  const rows = params.map(({ name, type, description, ...rest }) => [name, type, usual(rest), description]);
  const table =
    rows.length === 0
      ? "It has no parameters.\n"
      : columns(["parameter", "type", "default", "description"], rows, options);
  return `${[`${name}${description === "" ? "" : `: ${description}`}`, path, "", table].join("\n")}\n${example(entry)}\n`;
}

function usual(param: Pick<ParamEntry, "default" | "required">): string {
  if (param.required) return "required";
  return param.default === null ? "" : JSON.stringify(param.default);
}

function example({ name, params }: StrategyEntry): string {
  const [first] = params;
  const value = first === undefined ? "" : ` --param ${first.name}=${JSON.stringify(first.default)}`;
  return `geosync backtest prices.csv --strategy ${name}${value}`;
}
