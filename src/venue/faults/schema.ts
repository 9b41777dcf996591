import { z } from "zod";

const when = z.enum(["before", "after"]);
const ms = z.number().min(0).max(86_400_000);

/** What can go wrong with a request; `after` means that it was handled, and only the answer suffers. */
const requestFault = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("delay"), ms, when: when.default("before") }),
  z.strictObject({
    kind: z.literal("status"),
    status: z.number().int().min(400).max(599),
    when: when.default("before"),
    body: z.string().optional(),
    retryAfterSeconds: z.number().int().min(0).optional(),
  }),
  z.strictObject({ kind: z.literal("cut"), when: when.default("before") }),
  /** 200, but the body ends early. */
  z.strictObject({ kind: z.literal("truncate"), keep: z.number().min(0).max(1).default(0.5) }),
  /** The body takes its time. */
  z.strictObject({ kind: z.literal("slow"), ms }),
  z.strictObject({ kind: z.literal("ban"), seconds: z.number().int().min(1) }),
]);

const streamFault = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("drop") }),
  z.strictObject({ kind: z.literal("duplicate") }),
  z.strictObject({ kind: z.literal("late"), ms }),
  z.strictObject({ kind: z.literal("reorder") }),
  z.strictObject({ kind: z.literal("stall"), ms: ms.optional() }),
  z.strictObject({ kind: z.literal("cut") }),
  z.strictObject({ kind: z.literal("terminate") }),
]);

/** Which of the matching ones; all that are named must hold. */
const picked = {
  /** Counted from 1 over those that match; several may be named. */
  nth: z.array(z.number().int().min(1)).optional(),
  /** Each n-th of them. */
  every: z.number().int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
  /** So often at most. */
  times: z.number().int().min(1).optional(),
};

const requestRule = z.strictObject({
  /** GET, POST, DELETE, or WS for the WebSocket API. @default any */
  method: z.enum(["GET", "POST", "DELETE", "PUT", "WS"]).optional(),
  /** A path or a method of the WebSocket API; `*` stands for any text. @default any */
  path: z.string().optional(),
  ...picked,
  fault: requestFault,
});

const streamRule = z.strictObject({
  /** `btcusdt@trade`, or `user` for user data; `*` stands for any text. */
  stream: z.string(),
  ...picked,
  fault: streamFault,
});

export const faultPlanSchema = z.strictObject({
  /** Of probabilities. @default 1 */
  seed: z.number().int().min(0).default(1),
  requests: z.array(requestRule).default([]),
  streams: z.array(streamRule).default([]),
  clock: z
    .strictObject({ offsetMs: z.number().default(0), driftPpm: z.number().default(0) })
    .default({ offsetMs: 0, driftPpm: 0 }),
});

export type FaultPlan = z.infer<typeof faultPlanSchema>;
export type RequestFault = z.infer<typeof requestFault>;
export type StreamFault = z.infer<typeof streamFault>;
