/** Top-level names that a params schema knows. */
export interface ParamsShape {
  readonly names: readonly string[];
  /** It takes other names as well, or does not say which. */
  readonly open: boolean;
}

/**
 * Looks into a zod object, also through refinements, transforms, defaults and pipes, and into other copies and
 * versions of zod as far as they can be read.
 */
export function shapeOf(schema: unknown): ParamsShape {
  if (schema === undefined) return { names: [], open: false };
  return lookInto(schema, 8) ?? { names: [], open: true };
}

interface Node {
  readonly shape?: unknown;
  readonly def?: Definition;
  readonly _def?: Definition;
}

interface Definition {
  /** zod 4: what a loose object takes besides its shape. */
  readonly catchall?: {
    readonly _zod?: { readonly def?: { readonly type?: string } };
    readonly _def?: { typeName?: string };
  };
  /** zod 3 */
  readonly unknownKeys?: string;
  readonly in?: unknown;
  readonly out?: unknown;
  readonly innerType?: unknown;
  readonly schema?: unknown;
}

function lookInto(schema: unknown, depth: number): ParamsShape | undefined {
  if (typeof schema !== "object" || schema === null || depth === 0) return undefined;
  const node = schema as Node;
  const def = node.def ?? node._def ?? {};
  if (typeof node.shape === "object" && node.shape !== null) {
    return { names: Object.keys(node.shape), open: takesMore(def) };
  }
  for (const inner of [def.in, def.innerType, def.schema, def.out]) {
    const shape = lookInto(inner, depth - 1);
    if (shape !== undefined) return shape;
  }
  return undefined;
}

function takesMore({ catchall, unknownKeys }: Definition): boolean {
  const extra = catchall?._zod?.def?.type ?? catchall?._def?.typeName;
  return unknownKeys === "passthrough" || (extra !== undefined && !/never$/i.test(extra));
}
