import { describe } from "../domain/decimal.ts";
import { ValidationError } from "../domain/errors.ts";
import { classDefinition } from "./class-form.ts";
import type { Strategy, StrategyDefinition, VectorStrategy } from "./contract.ts";
import { checkDefinition, warmupOf } from "./definition.ts";
import type { SignalWatch } from "./signal-watch.ts";
import { vectorDefinition } from "./vector-form.ts";

export interface FormOptions {
  /** What to call a strategy that does not name itself: its file's name. */
  readonly name: string;
  /** All closes of each symbol, when the whole history is known (a backtest): a vector then runs once, and is checked. */
  readonly series?: ReadonlyMap<string, Float64Array> | undefined;
  readonly watch?: SignalWatch | undefined;
}

export interface LoadedStrategy {
  readonly definition: StrategyDefinition;
  readonly form: "definition" | "class" | "vector";
  /** For the report. */
  readonly notes: readonly string[];
}

/**
 * Brings the three forms a plugin may have to one.
 * @param plugin what the file exports by default
 * @throws ValidationError GEO-STRATEGY-LOAD for anything else, GEO-STRATEGY-LOOKAHEAD for a vector that looks ahead.
 */
export function toDefinition(plugin: unknown, options: FormOptions): LoadedStrategy {
  const { name } = options;
  if (typeof plugin === "function") {
    const warmup = warmupOf({ name, warmup: (plugin as { warmup?: number }).warmup ?? 0 }, undefined);
    if (isClass(plugin)) {
      const { watch } = options;
      const definition = classDefinition(plugin as unknown as new () => Strategy, name, warmup, watch);
      return { definition, form: "class", notes: [] };
    }
    if (!answersAtOnce(plugin)) throw noForm(name, "an async function or a generator");
    const { series, watch } = options;
    const vector = vectorDefinition(plugin as VectorStrategy, { name, warmup, series, watch });
    return { ...vector, form: "vector" };
  }
  if (typeof plugin !== "object" || plugin === null || Array.isArray(plugin)) {
    throw noForm(name, plugin === undefined ? "no default export" : describe(plugin));
  }
  if ("create" in plugin || "name" in plugin) {
    return { definition: checkDefinition(plugin, name), form: "definition", notes: [] };
  }
  if ("generateSignal" in plugin) throw noForm(name, "an instance: export the class itself");
  throw noForm(name, `an object with ${Object.keys(plugin).join(", ") || "no fields"}`);
}

const forms = [
  "export default defineStrategy({ name, create(params, ctx) { return { onBar(bar) { … } }; } })",
  "export default class { generateSignal(prices, indicators) { return { action, confidence, metadata }; } }",
  "export default (prices) => scores",
];

function noForm(name: string, found: string): ValidationError {
  return new ValidationError(
    "GEO-STRATEGY-LOAD",
    `strategy ${name}: expected a strategy as default export, found ${found}`,
    { hint: `One of:\n  ${forms.join("\n  ")}` },
  );
}

function isClass(plugin: object): boolean {
  const { prototype } = plugin as { prototype?: { generateSignal?: unknown } };
  return (
    typeof prototype?.generateSignal === "function" ||
    /^class\b/.test(Function.prototype.toString.call(plugin))
  );
}

function answersAtOnce(plugin: object): boolean {
  return Object.prototype.toString.call(plugin) === "[object Function]";
}
