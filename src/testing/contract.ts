import assert from "node:assert/strict";
import { exitCodes } from "../domain/errors.ts";

/** One behaviour that is asked for; `run` rejects with an AssertionError where it is missing. */
export interface ContractCase {
  readonly name: string;
  run(): Promise<void>;
}

/** What vitest, jest, mocha and node:test have in common. */
export interface TestFramework {
  describe(title: string, body: () => void): unknown;
  it(name: string, run: () => Promise<void>): unknown;
}

/**
 * Puts the cases into a test framework of your choice.
 *
 *     import { describe, it } from "node:test";
 *     declareContract("MyVenue", executionAdapterContract(make), { describe, it });
 */
export function declareContract(
  title: string,
  cases: readonly ContractCase[],
  { describe, it }: TestFramework,
): void {
  describe(title, () => {
    for (const { name, run } of cases) it(name, run);
  });
}

export interface TypedError extends Error {
  readonly code: string;
  readonly hint?: string;
}

/** The error that `action` ends with. It must be one of geosync's: of whatever copy of the package, by its code. */
export async function failureOf(action: () => unknown, expectation: string): Promise<TypedError> {
  let thrown: unknown;
  try {
    await action();
  } catch (error) {
    thrown = error;
  }
  assert.ok(thrown !== undefined, `expected ${expectation} to fail, found that it did not`);
  assert.ok(thrown instanceof Error, `expected an Error from ${expectation}, found ${String(thrown)}`);
  const { code } = thrown as TypedError;
  assert.ok(
    typeof code === "string" && code in exitCodes,
    `expected an error with a GEO- code from ${expectation}, found ${thrown.name}: ${thrown.message}`,
  );
  return thrown as TypedError;
}

export interface Patience {
  /** Called between two looks: lets time or the market move on. */
  readonly advance?: (() => unknown) | undefined;
  /** @default 5000 */
  readonly deadlineMs?: number | undefined;
}

/** Looks until `look` finds something. @throws AssertionError saying what was expected, and last found */
export async function eventually<T>(
  look: () => T | null | undefined | Promise<T | null | undefined>,
  expectation: string,
  { advance, deadlineMs = 5_000 }: Patience = {},
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined) return found;
    assert.ok(performance.now() < end, `expected ${expectation} within ${deadlineMs} ms, found it missing`);
    await advance?.();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
