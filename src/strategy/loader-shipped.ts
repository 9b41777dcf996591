import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, parse } from "node:path";
import type { StrategyBundle } from "./loader-bundle.ts";
import { shippedFolder } from "./loader-find.ts";

/** What the build leaves of a shipped strategy: the bundle, and the source that it was made of. */
export interface PreparedBundle extends Omit<StrategyBundle, "path"> {
  readonly source: string;
}

/** In dist; a checkout that runs from its sources finds none. */
const preparedFolder = new URL("../strategies/", import.meta.url);

/**
 * The bundle that the build made of a shipped strategy, which imports nothing but "geosync"; undefined when `path` is
 * none, or is no longer what was shipped. It spares a run the bundler, whose start takes longer than reading most files.
 */
export function shippedBundle(path: string): StrategyBundle | undefined {
  const { name, base } = parse(path);
  if (dirname(path) !== shippedFolder) return undefined;
  try {
    const prepared = JSON.parse(
      readFileSync(new URL(`${base}.json`, preparedFolder), "utf8"),
    ) as PreparedBundle;
    if (readFileSync(path, "utf8") !== prepared.source) return undefined;
    const { text, map, warnings } = prepared;
    // Hashed anew: what is reported is what is evaluated.
    const sha256 = createHash("sha256").update(text).digest("hex");
    return Object.freeze({ path, name, text, sha256, map, warnings });
  } catch {
    // Missing or torn: the bundler does it, or says what is wrong.
    return undefined;
  }
}
