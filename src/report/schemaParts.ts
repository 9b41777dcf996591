import { z } from "zod";

export const money = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .describe("An exact decimal");
export const time = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/)
  .describe("ISO 8601, UTC");
export const count = z.int().nonnegative();
