import { ConnectionError } from "../../domain/errors.ts";
import type { DataProvider, RateLimits } from "../../domain/ports.ts";
import { JsonSource, type JsonSourceOptions } from "./jsonSource.ts";

/** What a provider may use of its surroundings. */
export interface ProviderSetup {
  /** Where it is reached instead of at its own address, as flags say. */
  readonly url: string | undefined;
  /** Prices adjusted for splits and dividends. */
  readonly adjusted: boolean;
  /** What the user's plan allows, instead of what the provider declares. */
  readonly limits: RateLimits | undefined;
  /** A variable of the environment, or else of `.env`. */
  variable(name: string): Promise<string | undefined>;
  json(options: JsonSourceOptions): JsonSource;
}

export type MakeProvider = (setup: ProviderSetup) => DataProvider | Promise<DataProvider>;

export type SetupOptions = Partial<Pick<ProviderSetup, "url" | "adjusted" | "limits" | "variable">> &
  Pick<JsonSourceOptions, "attempts" | "firstPauseMs" | "deadlineMs" | "memory">;

export function createSetup(options: SetupOptions = {}): ProviderSetup {
  const { url, adjusted = false, limits, variable = async () => undefined, ...calls } = options;
  return { url, adjusted, limits, variable, json: (own) => new JsonSource({ ...calls, ...own }) };
}

/** @throws ConnectionError GEO-CREDENTIALS, saying what to put where */
export async function requiredKey(setup: ProviderSetup, name: string, provider: string): Promise<string> {
  const key = await setup.variable(name);
  if (key !== undefined) return key;
  throw new ConnectionError(
    `${provider}: expected a key, found none: neither the environment nor .env has ${name}.`,
    {
      code: "GEO-CREDENTIALS",
      hint: `Write ${name}=… into .env, and keep that file out of version control.`,
    },
  );
}
