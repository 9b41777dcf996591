import { exitCodes } from "../domain/errors.ts";
import type { Metrics } from "../metrics/panel.ts";
import { type Assertion, assertionText, checkAssertions } from "../report/assertions.ts";
import type { AssertionResult } from "../report/document.ts";
import type { Session } from "./session.ts";

/** The document with what became of the assertions, when there are any. */
export function checked<T extends { readonly metrics: Metrics }>(
  document: T,
  assertions: readonly Assertion[],
): T & { readonly assertions?: readonly AssertionResult[] } {
  if (assertions.length === 0) return document;
  return { ...document, assertions: checkAssertions(assertions, document.metrics) };
}

/** The report is printed all the same; what failed is told on stderr and by the exit code. */
export function noteFailures(results: readonly AssertionResult[] = [], session: Session): void {
  const failed = results.filter(({ holds }) => !holds);
  if (failed.length === 0) return;
  for (const result of failed) {
    session.note(`error GEO-ASSERTION-FAILED: expected ${assertionText(result)}`);
  }
  session.exitCode = exitCodes["GEO-ASSERTION-FAILED"];
}
