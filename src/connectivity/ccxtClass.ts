import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Exchange } from "ccxt";

export type ExchangeClass = new (config: Record<string, unknown>) => Exchange;

/** Ids of the exchanges that ccxt has both REST and streams for. */
export async function exchangeIds(): Promise<readonly string[]> {
  try {
    const names = readdirSync(proFolder());
    return names.filter((name) => name.endsWith(".js")).map((name) => name.slice(0, -".js".length));
  } catch {
    return Object.keys((await import("ccxt")).default.pro);
  }
}

/** Its class of REST and streams. Its file alone loads in half the time of the whole package. */
export async function exchangeClass(id: string): Promise<ExchangeClass> {
  try {
    const { default: alone } = await import(pathToFileURL(join(proFolder(), `${id}.js`)).href);
    return alone;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    const { pro } = (await import("ccxt")).default;
    return (pro as unknown as Record<string, ExchangeClass>)[id]!;
  }
}

/** Not among the package's exports: where its main file lies, js/src/pro lies beside. */
function proFolder(): string {
  const main = createRequire(import.meta.url).resolve("ccxt");
  return join(dirname(main), "..", "js", "src", "pro");
}
