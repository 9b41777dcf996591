import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ValidationError } from "../../domain/errors.ts";
import type { DataProvider } from "../../domain/ports.ts";
import { didYouMean } from "../../domain/suggest.ts";
import { alphaVantage } from "./alphaVantage.ts";
import { iex } from "./iex.ts";
import type { MakeProvider, ProviderSetup } from "./setup.ts";

const known: Readonly<Record<string, MakeProvider>> = { alphavantage: alphaVantage, iex };

/**
 * The provider of that name, or of the module at that path: its default export is a DataProvider, or makes one of a
 * ProviderSetup.
 * @throws ValidationError GEO-USAGE for a name that none has, GEO-FILE for a module that cannot be loaded; as the provider
 */
export async function openProvider(name: string, setup: ProviderSetup, cwd: string): Promise<DataProvider> {
  const isPath = /[/\\]|\.[cm]?[jt]s$/.test(name);
  if (isPath) return providerFrom(resolve(cwd, name), name, setup);
  const id = name.trim().toLowerCase().replace(/[-_ ]/g, "");
  if (Object.hasOwn(known, id)) return await known[id]!(setup);
  throw new ValidationError(
    "GEO-USAGE",
    `--provider: expected ${Object.keys(known).join(", ")} or the path of a module, found "${name}".${didYouMean(id, Object.keys(known))}`,
    { hint: "docs/providers.md shows how to write one." },
  );
}

async function providerFrom(path: string, name: string, setup: ProviderSetup): Promise<DataProvider> {
  let exported: unknown;
  try {
    exported = ((await import(pathToFileURL(path).href)) as { readonly default?: unknown }).default;
  } catch (cause) {
    throw new ValidationError(
      "GEO-FILE",
      `--provider ${name}: cannot be loaded: ${(cause as Error).message}`,
      {
        hint: "It is loaded by Node.js as it is: a JavaScript module (.mjs), unless your Node.js runs TypeScript.",
        cause,
      },
    );
  }
  const made: unknown = typeof exported === "function" ? await exported(setup) : exported;
  if (isProvider(made)) return made;
  throw new ValidationError(
    "GEO-FILE",
    `--provider ${name}: expected its default export to be, or to make, an object with name, limits and bars(question), found something else`,
    { hint: "docs/providers.md shows one." },
  );
}

function isProvider(value: unknown): value is DataProvider {
  const { name, limits, bars } = (value ?? {}) as Partial<Record<keyof DataProvider, unknown>>;
  return (
    typeof name === "string" &&
    name !== "" &&
    typeof limits === "object" &&
    limits !== null &&
    typeof bars === "function"
  );
}
