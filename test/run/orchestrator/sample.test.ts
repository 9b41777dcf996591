/** The integration reference's program, line by line, as docs/orchestrator.md shows it. */
import { afterEach, expect, it, vi } from "vitest";

afterEach(() => vi.restoreAllMocks());

it("the reference's program runs and prints its order", async () => {
  const print = vi.spyOn(console, "log").mockImplementation(() => {});
  const program = "../../../examples/integrations/orchestrator.mjs";
  await import(program);
  expect(print.mock.calls).toEqual([["1", "buy", "0.1"]]);
});
