/** `geosync sessions --json`. Not loaded by a run. */
import { z } from "zod";
import { count, time } from "./schemaParts.ts";

const text = z.record(z.string(), z.json());

const header = z.object({
  mode: z.enum(["paper", "testnet", "live"]),
  venue: z.string(),
  symbols: z.array(z.string()),
  strategy: z.object({ name: z.string(), sha256: z.string(), params: text }),
  config: text,
  seed: z.number(),
  created: time,
  version: z.string().describe("Of the geosync that made the session"),
});

const run = z.object({
  number: count,
  started: time,
  version: z.string(),
  node: z.string(),
  pid: count,
  host: z.string(),
  entries: count.describe("Entries there were at the start"),
  end: z
    .object({ time, reason: z.string(), entries: count, digest: z.string().regex(/^[0-9a-f]{64}$/) })
    .nullable()
    .describe("Null: it runs, or it ended without order"),
});

const details = z.object({
  runs: z.array(run),
  checkpoint: z.object({ seq: count, time, bytes: count }).nullable(),
  recent: z
    .object({
      entries: count,
      from: time.nullable(),
      to: time.nullable(),
      kinds: z.record(z.string(), count),
    })
    .describe("How many of the last entries are of each kind"),
});

export const sessionsSchema = z.object({
  schema: z.literal("geosync.sessions/1"),
  stateDir: z.string(),
  sessions: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      status: z.enum(["running", "stopped", "crashed", "unreadable"]),
      pid: count.nullable().describe("Of the process that runs it"),
      header: header.nullable().describe("Null when it can't be read"),
      lastActivity: time.describe("When anything was last written"),
      starts: count,
      entries: count,
      bytes: count.describe("Of all its files"),
      problem: z.string().nullable().describe("Why it can't be read"),
      details: z.exactOptional(details).describe("Of the one that was named"),
    }),
  ),
});

export type SessionsDocument = z.infer<typeof sessionsSchema>;
