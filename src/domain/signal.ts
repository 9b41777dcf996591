import { z } from "zod";
import { ValidationError } from "./errors.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A strategy's opinion. */
export interface Signal {
  readonly action: "buy" | "sell" | "hold" | "exit";
  /** 0 to 1; informs, never sizes. */
  readonly confidence: number;
  readonly metadata: { readonly [key: string]: Json };
}

const shape = z.object({
  action: z.enum(["buy", "sell", "hold", "exit"]),
  confidence: z.number().min(0).max(1).default(1),
  metadata: z.record(z.string(), z.json()).default({}),
});

/** @throws ValidationError GEO-VALUE naming the field. */
export function createSignal(input: unknown): Signal {
  const parsed = shape.safeParse(input);
  if (!parsed.success) throw new ValidationError("GEO-VALUE", `Signal: ${z.prettifyError(parsed.error)}`);
  return Object.freeze(parsed.data as Signal);
}
