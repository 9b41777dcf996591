import fc from "fast-check";
import { expect, it } from "vitest";
import { chaoticSession, faultsIn } from "./chaos.ts";

it("whatever fails: no order twice, none forgotten, no fill lost, books equal to the venue's", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), async (seed) => {
      expect(faultsIn(await chaoticSession(seed))).toEqual([]);
    }),
    // About 0.15 s each; a failing seed is named and fails again.
    { numRuns: 30, seed: 20261123 },
  );
});
