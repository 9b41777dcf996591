import { compileFunction } from "node:vm";
import { ValidationError } from "../domain/errors.ts";
import type { PluginEnvironment } from "./environment.ts";
import type { StrategyBundle } from "./loader-bundle.ts";
import { bundleFileName, strategyThrew } from "./loader-failure.ts";

/**
 * What the plugin exports by default, still unchecked: `toDefinition` takes it from here. Every call evaluates the text
 * afresh, so that runs share no state.
 * @throws ValidationError GEO-STRATEGY-LOAD when it throws while loading or exports nothing by default.
 */
export function evaluateBundle(bundle: StrategyBundle, environment: PluginEnvironment): unknown {
  const module = { exports: {} as unknown };
  const bindings = { ...environment.bindings, module, exports: module.exports };
  try {
    const run = compileFunction(bundle.text, Object.keys(bindings), { filename: bundleFileName(bundle) });
    run(...Object.values(bindings));
  } catch (cause) {
    const { message, hint } = strategyThrew(cause, bundle);
    throw new ValidationError("GEO-STRATEGY-LOAD", `${message} (while it was loaded)`, { hint, cause });
  }
  return defaultExport(module.exports, bundle);
}

function defaultExport(exported: unknown, bundle: StrategyBundle): unknown {
  if (typeof exported !== "object" || exported === null) return exported;
  if ("default" in exported) return exported.default;
  if (!("__esModule" in exported)) return exported;
  const names = Object.keys(exported).join(", ");
  throw new ValidationError(
    "GEO-STRATEGY-LOAD",
    `${bundle.path}: expected a default export, found ${names === "" ? "no exports" : `only ${names}`}`,
    { hint: 'Write "export default" before the strategy.' },
  );
}
