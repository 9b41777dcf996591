import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ValidationError } from "../../src/domain/errors.ts";
import type { StrategyDefinition } from "../../src/strategy/contract.ts";
import { parseParams } from "../../src/strategy/params.ts";
import { describeParams } from "../../src/strategy/params-describe.ts";

const definition = (params?: z.ZodType): StrategyDefinition => ({
  name: "mine",
  create: () => ({ onBar() {} }),
  ...(params === undefined ? {} : { params }),
});

const schema = z.object({
  fast: z.number().int().positive().default(10).describe("Bars of the fast mean."),
  allowShort: z.boolean().default(false),
  symbols: z.array(z.string()).default([]),
  mode: z.enum(["10", "mean", "median"]).default("mean"),
  label: z.string().min(2).optional(),
  stop: z.number().nullable().default(null),
  band: z.object({ low: z.number(), high: z.number() }).optional(),
});

describe("parameters from the command line", () => {
  it.each<[string, string, unknown]>([
    ["fast", "12", 12],
    ["fast", "+12", 12],
    ["fast", "1e2", 100],
    ["allowShort", "true", true],
    ["allowShort", "false", false],
    ["symbols", '["A","B"]', ["A", "B"]],
    ["mode", "median", "median"],
    ["mode", "10", "10"],
    ["label", "true", "true"],
    ["label", "12", "12"],
    ["stop", "null", null],
    ["stop", ".5", 0.5],
    ["stop", "-0.5", -0.5],
    ["band", '{"low":1,"high":2}', { low: 1, high: 2 }],
  ])("%s=%s is read as the schema wants it", (key, text, value) => {
    expect(parseParams(definition(schema), { [key]: text })).toMatchObject({ [key]: value });
  });

  it("are completed by defaults, and values that are no texts stay", () => {
    expect(parseParams(definition(schema), { fast: 7 })).toMatchObject({ fast: 7, mode: "mean", stop: null });
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["a word for a number", { fast: "ten" }, /mine: parameter fast: expected number, found "ten"/],
    ["a number out of range", { fast: "-5" }, /parameter fast: expected number to be >0, found "-5"/],
    ["a fraction for an integer", { fast: "1.5" }, /parameter fast: expected int, found "1.5"/],
    ["more than a double holds", { fast: "1e400" }, /parameter fast: expected number, found "1e400"/],
    ["nothing", { fast: "" }, /parameter fast: expected number, found ""/],
    ["a foreign choice", { mode: "mode" }, /mode: expected one of "10"\|"mean"\|"median", found "mode"/],
    ["a text that is too short", { label: "1" }, /label: expected string to have >=2 characters, found "1"/],
    ["a value within", { band: '{"low":1}' }, /parameter band.high: expected number, found "\{/],
    [
      "a misspelt name",
      { fsat: "3" },
      /unknown parameter "fsat"; it takes fast, allowShort.* Did you mean "fast"\?/,
    ],
    ["a name that all objects have", { constructor: "3" }, /unknown parameter "constructor"/],
    ["two faults at once", { fast: "x", allowShort: "y" }, /parameter fast: .*; parameter allowShort: /],
  ])("with %s are refused", (_, raw, message) => {
    const parse = () => parseParams(definition(schema), raw);
    expect(parse).toThrow(message);
    expect(parse).toThrow(ValidationError);
  });

  it("name a required parameter that is missing", () => {
    const parse = () => parseParams(definition(z.object({ length: z.number() })), {});
    expect(parse).toThrow(/parameter length: expected number, found nothing/);
  });

  it("name a rule over several parameters without blaming one", () => {
    const ordered = z
      .object({ fast: z.number(), slow: z.number() })
      .refine(({ fast, slow }) => fast < slow, "fast must be below slow");
    const parse = (raw: Record<string, string>) => parseParams(definition(ordered), raw);
    expect(parse({ fast: "1", slow: "2" })).toEqual({ fast: 1, slow: 2 });
    expect(() => parse({ fast: "3", slow: "2" })).toThrow("strategy mine: fast must be below slow");
    expect(() => parse({ fast: "3", slwo: "2" })).toThrow(/Did you mean "slow"/);
  });

  it("are refused by a strategy without any", () => {
    expect(parseParams(definition(), {})).toEqual({});
    expect(() => parseParams(definition(), { fast: "1" })).toThrow(/unknown parameter "fast"; it takes none/);
  });

  it("may be loose", () => {
    const loose = z.looseObject({ fast: z.number() });
    expect(parseParams(definition(loose), { fast: "1", other: "2" })).toEqual({ fast: 1, other: "2" });
  });

  it.each([
    ["false", false],
    ["0", false],
    ["true", true],
  ])("%s for a coercing boolean is %s, although every text is truthy", (text, value) => {
    expect(parseParams(definition(z.object({ on: z.coerce.boolean() })), { on: text })).toEqual({
      on: value,
    });
  });

  it.each(["1", "yes", "true"])("%s stays a text for a schema that reads texts", (text) => {
    expect(parseParams(definition(z.object({ on: z.stringbool() })), { on: text })).toEqual({ on: true });
  });

  it("reach a schema of another copy of zod as far as safeParse goes", () => {
    const issues = [{ path: ["fast"], message: "Expected number, received string" }];
    const foreign = {
      shape: { fast: {} },
      _def: {},
      safeParse: (input: { fast: unknown }) =>
        typeof input.fast === "number"
          ? { success: true, data: input }
          : { success: false, error: { issues } },
    } as unknown as z.ZodType;
    expect(parseParams(definition(foreign), { fast: "3" })).toEqual({ fast: 3 });
    expect(() => parseParams(definition(foreign), { fast: "x" })).toThrow(/fast: expected number, found "x"/);
    expect(() => parseParams(definition(foreign), { fats: "3" })).toThrow(/Did you mean "fast"/);
    expect(describeParams(definition(foreign))).toMatchObject([{ name: "fast", type: "any" }]);
  });

  it("must be checkable at once", () => {
    const slow = z.object({ fast: z.number().refine(async () => true) });
    expect(() => parseParams(definition(slow), { fast: 1 })).toThrow(/its params schema failed/);
  });
});

describe("the description of parameters", () => {
  it("has a row for each, in order", () => {
    const rows = describeParams(definition(schema)).map(({ name, type, default: initial }) => [
      name,
      type,
      initial,
    ]);
    expect(rows).toEqual([
      ["fast", "integer > 0", 10],
      ["allowShort", "boolean", false],
      ["symbols", "string[]", []],
      ["mode", '"10" | "mean" | "median"', "mean"],
      ["label", "string", undefined],
      ["stop", "number | null", null],
      ["band", "object", undefined],
    ]);
    expect(describeParams(definition(schema))[0]).toMatchObject({ description: "Bars of the fast mean." });
  });

  it("says what is required, and survives what JSON cannot show", () => {
    const odd = z.object({ when: z.date(), level: z.number().min(0).max(1) });
    expect(describeParams(definition(odd))).toMatchObject([
      { name: "when", type: "any", required: true },
      { name: "level", type: "number ≥ 0, ≤ 1", required: true },
    ]);
    expect(describeParams(definition())).toEqual([]);
  });
});
