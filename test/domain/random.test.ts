import { expect, it } from "vitest";
import { loadRandom, randomState, seededRandom } from "../../src/domain/random.ts";

it("a generator goes on where the one that was saved stopped", () => {
  const [first, other] = [seededRandom(7), seededRandom(8)];
  for (let i = 0; i < 1000; i++) first();
  loadRandom(other, JSON.parse(JSON.stringify(randomState(first))));
  expect(Array.from({ length: 100 }, other)).toEqual(Array.from({ length: 100 }, first));
});

it("a constant has no state to save", () => {
  const constant = () => 0.5;
  loadRandom(constant, randomState(constant));
  expect([randomState(constant), constant()]).toEqual([null, 0.5]);
});
