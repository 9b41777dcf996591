import { z } from "zod";
import type { Json } from "../domain/signal.ts";
import type { StrategyDefinition } from "./contract.ts";
import { shapeOf } from "./params-shape.ts";

export interface ParamDescription {
  readonly name: string;
  /** Such as `integer > 0`, `"a" | "b"`, `string[]`; `any` when the schema can't be shown. */
  readonly type: string;
  /** Undefined: none. */
  readonly default: Json | undefined;
  readonly required: boolean;
  readonly description: string;
}

/** A row for each parameter, in the order of the schema. */
export function describeParams(definition: StrategyDefinition): readonly ParamDescription[] {
  const schema = jsonSchemaOf(definition.params);
  return shapeOf(definition.params).names.map((name) => {
    const property = schema.properties?.[name] ?? {};
    return {
      name,
      type: typeText(property),
      default: property.default,
      required: schema.required?.includes(name) ?? false,
      description: property.description ?? "",
    };
  });
}

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly default?: Json;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

function jsonSchemaOf(params: z.ZodType | undefined): JsonSchema {
  if (params === undefined) return {};
  try {
    return z.toJSONSchema(params, { io: "input", unrepresentable: "any", reused: "inline" }) as JsonSchema;
  } catch {
    // An older copy of zod: its names are known, their types are not.
    return {};
  }
}

function typeText(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) return variants.map(typeText).join(" | ");
  if (schema.type === "array") return `${typeText(schema.items ?? {})}[]`;
  if (schema.type === undefined) return "any";
  return [[schema.type].flat().join(" | "), ...bounds(schema)].join(" ");
}

function bounds(schema: JsonSchema): readonly string[] {
  const rows: readonly (readonly [string, number | undefined])[] = [
    [">", schema.exclusiveMinimum],
    ["≥", schema.minimum],
    ["<", schema.exclusiveMaximum],
    ["≤", schema.maximum],
  ];
  const shown = rows.filter(([, bound]) => bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER);
  return shown.length === 0 ? [] : [shown.map(([sign, bound]) => `${sign} ${bound}`).join(", ")];
}
