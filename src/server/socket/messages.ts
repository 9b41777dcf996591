import { z } from "zod";
import { ValidationError } from "../../domain/errors.ts";
import { didYouMean } from "../../domain/suggest.ts";
import { type Channel, channels } from "../feed.ts";
import { parse } from "../requests.ts";

/** What a client may say. */
const messages = {
  auth: z.strictObject({ action: z.literal("auth"), token: z.string().min(1).max(500) }),
  subscribe: z.strictObject({
    action: z.literal("subscribe"),
    channels: z.array(z.enum(channels)).min(1).max(20),
    symbols: z.array(z.string().max(60)).min(1).max(100).optional(),
    since: z.partialRecord(z.enum(channels), z.int().min(0)).optional(),
    epoch: z.string().max(100).optional(),
    decimals: z.enum(["number", "string"]).default("number"),
  }),
  unsubscribe: z.strictObject({
    action: z.literal("unsubscribe"),
    channels: z.array(z.enum(channels)).min(1).max(20),
  }),
  ping: z.strictObject({ action: z.literal("ping") }),
} as const;

type Action = keyof typeof messages;
export type Message = { [A in Action]: z.infer<(typeof messages)[A]> }[Action];
export type Subscribe = z.infer<typeof messages.subscribe>;

/** @throws ValidationError GEO-VALUE, saying what was expected and what was found */
export function readMessage(data: Buffer, isBinary: boolean): Message {
  if (isBinary) throw new ValidationError("GEO-VALUE", "message: expected text, found binary data");
  const found = parseJson(data.toString());
  const action = typeof found === "object" && found !== null && "action" in found ? found.action : undefined;
  if (typeof action !== "string") {
    throw new ValidationError("GEO-VALUE", "message: expected a JSON object with an action, found none", {
      hint: 'Such as {"action":"subscribe","channels":["trades"]}.',
    });
  }
  if (!Object.hasOwn(messages, action)) throw unknownAction(action);
  return parse(messages[action as Action], found, action) as Message;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ValidationError("GEO-VALUE", `message: expected JSON, found "${text.slice(0, 40)}"`, {
      cause: error,
    });
  }
}

function unknownAction(action: string): ValidationError {
  const known = Object.keys(messages);
  const words = `action: expected one of ${known.join(", ")}, found "${action.slice(0, 40)}"`;
  return new ValidationError("GEO-VALUE", `${words}.${didYouMean(action.slice(0, 40), known)}`);
}

/** What the server says; `channel` and `seq` are null where it is of no channel. */
export interface Frame {
  readonly type:
    | "authenticated"
    | "subscribed"
    | "unsubscribed"
    | "snapshot"
    | "update"
    | "heartbeat"
    | "pong"
    | "error";
  readonly channel: Channel | null;
  readonly seq: number | null;
  /** Of `subscribed`: names the numbering that `seq` belongs to. */
  readonly epoch?: string;
  /** Of a snapshot: there are updates that the client has not had and will not get. */
  readonly resync?: true;
  readonly data: unknown;
}
