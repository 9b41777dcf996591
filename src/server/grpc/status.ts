import { Metadata, type StatusObject, status } from "@grpc/grpc-js";
import { failureOf } from "../failure.ts";
import { CallOver } from "./call.ts";

/** What a call ends with: our code and the hint are in the trailing metadata. */
export function statusOf(error: unknown): StatusObject {
  if (error instanceof CallOver) return over(error);
  const { grpc, code, message, hint } = failureOf(error);
  const metadata = new Metadata();
  metadata.set("geosync-code", code);
  if (hint !== null) metadata.set("geosync-hint", headerText(hint));
  // What is not well-formed Unicode could not be sent: the library would throw, with nobody to catch it.
  return { code: grpc, details: message.replace(loneSurrogates, "\ufffd"), metadata };
}

function over({ message }: CallOver): StatusObject {
  return { code: status.DEADLINE_EXCEEDED, details: message, metadata: new Metadata() };
}

/** As it may stand in metadata: printable ASCII, all else percent-encoded, and so are commas, which separate values. */
export function headerText(text: string): string {
  return text.replace(loneSurrogates, "\ufffd").replace(/[^\x20-\x7e]|[%,]/gu, encodeURIComponent);
}

const loneSurrogates = /\p{Surrogate}/gu;
