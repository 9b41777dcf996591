import { expect, it } from "vitest";
import { toDefinition } from "../../src/strategy/forms.ts";
import { fakeContext } from "./fakes.ts";

it("a vectorised strategy made anew with what it saved does not do again what it did", () => {
  const { definition } = toDefinition((prices: Float64Array) => prices.map(() => 1), { name: "mine" });
  const fake = fakeContext();
  const first = definition.create({}, fake.ctx);
  fake.feed(first.onBar, [1, 2]);
  const saved = JSON.parse(JSON.stringify(first.save!()));
  fake.feed(definition.create({}, fake.ctx, saved).onBar, [3]);
  expect(fake.requests).toEqual(["target A 1"]);
  fake.feed(definition.create({}, fake.ctx).onBar, [4]);
  expect(fake.requests).toEqual(["target A 1", "target A 1"]);
});
