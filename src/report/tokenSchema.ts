/** `geosync token --json`. Not loaded by a run. */
import { z } from "zod";
import { time } from "./schemaParts.ts";

const token = z.object({
  name: z.string(),
  scope: z.enum(["read", "trade", "admin"]).describe("Each allows what the ones before it allow, too"),
  created: time,
  expires: time.nullable().describe("Null: it lasts until it is revoked"),
  expired: z.boolean(),
});

export const tokenSchema = z.object({
  schema: z.literal("geosync.token/1"),
  stateDir: z.string(),
  created: token
    .extend({ token: z.string().describe("Shown this once") })
    .nullable()
    .describe("By `create`"),
  revoked: token.nullable().describe("By `revoke`"),
  tokens: z.array(token).describe("All that there are now"),
});

export type TokenDocument = z.infer<typeof tokenSchema>;
