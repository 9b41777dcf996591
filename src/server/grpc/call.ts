import type { Metadata, ServerUnaryCall } from "@grpc/grpc-js";
import { ValidationError } from "../../domain/errors.ts";
import type { Decimals } from "./messages.ts";

/** What calls of all kinds have. */
export type Call = Pick<
  ServerUnaryCall<unknown, unknown>,
  "metadata" | "cancelled" | "getPeer" | "getHost" | "getDeadline"
>;

/** Cancelled, or past its deadline, before anything was done. */
export class CallOver extends Error {
  constructor() {
    super("the call was over before it was begun");
  }
}

/** The library's own timer may be late: it waits for its turn, as the call did. */
export function isOver(call: Call): boolean {
  return call.cancelled || Number(call.getDeadline()) <= Date.now();
}

/** Of the other end, without its port. */
export function addressOf(call: Call): string {
  return call.getPeer().replace(/:\d+$/, "");
}

export function textOf(metadata: Metadata, name: string): string | null {
  const [value] = metadata.get(name);
  return value === undefined ? null : String(value);
}

/** The client's name for a request, from metadata or message. @throws ValidationError GEO-VALUE when they differ */
export function keyOf(metadata: Metadata, field = ""): string | null {
  const header = textOf(metadata, "idempotency-key");
  if (header === null) return field === "" ? null : field;
  if (field === "" || field === header) return header;
  throw new ValidationError(
    "GEO-VALUE",
    `order.idempotency_key: expected what the metadata idempotency-key says, found another`,
  );
}

/** @throws ValidationError GEO-VALUE */
export function decimalsOf(metadata: Metadata): Decimals {
  const asked = textOf(metadata, "geosync-decimals") ?? "number";
  if (asked === "number" || asked === "string") return asked;
  throw new ValidationError("GEO-VALUE", "geosync-decimals: expected number or string, found neither");
}
