import type { Outcome } from "../http/desk.ts";
import type { RequestFault } from "./schema.ts";

/** One request's way back to its client. */
export interface ReplyLine {
  /** What was to be answered. */
  send(outcome: Outcome): void;
  /** What is answered instead. */
  sendStatus(status: number, body: string, retryAfterSeconds: number | null): void;
  /** A good status and a body that ends after this fraction. */
  sendPart(outcome: Outcome, keep: number): void;
  /** The body in pieces over `ms`. */
  sendSlowly(outcome: Outcome, ms: number): void;
  cut(): void;
}

export interface FaultyService {
  readonly faults: readonly RequestFault[];
  readonly line: ReplyLine;
  /** Handles the request. */
  serve(): Outcome;
  ban(seconds: number): void;
  /** The request was not handled: what the audit says of it. */
  unhandled(): void;
}

type Fault<K extends RequestFault["kind"]> = Extract<RequestFault, { kind: K }>;

/** Handles a request with what shall go wrong before and after. */
export async function serveFaultily(service: FaultyService): Promise<void> {
  const { faults, line } = service;
  for (const fault of faults) {
    if (fault.kind === "ban") service.ban(fault.seconds);
    if (!("when" in fault) || fault.when !== "before") continue;
    if (fault.kind === "delay") {
      await elapsed(fault.ms);
      continue;
    }
    service.unhandled();
    endedBy(fault, line);
    return;
  }
  const outcome = service.serve();
  for (const fault of faults) {
    if ("when" in fault && fault.when === "before") continue;
    switch (fault.kind) {
      case "delay":
        await elapsed(fault.ms);
        break;
      case "status":
      case "cut":
        endedBy(fault, line);
        return;
      case "truncate":
        line.sendPart(outcome, fault.keep);
        return;
      case "slow":
        line.sendSlowly(outcome, fault.ms);
        return;
      case "ban":
        break;
    }
  }
  line.send(outcome);
}

/** Binance's own words for what its gateways answer. */
const usualBodies: Readonly<Record<number, string>> = {
  418: '{"code":-1003,"msg":"Way too much request weight used; IP banned. Please use WebSocket Streams for live updates to avoid bans."}',
  429: '{"code":-1003,"msg":"Too much request weight used. Please use WebSocket Streams for live updates to avoid polling the API."}',
  500: '{"code":-1000,"msg":"An unknown error occurred while processing the request."}',
  503: '{"code":-1008,"msg":"Request throttled by system-level protection. Reduce-only/close-position orders are exempt. Please try again."}',
  504: '{"code":-1007,"msg":"Timeout waiting for response from backend server. Send status unknown; execution status unknown."}',
};

function endedBy(fault: Fault<"status"> | Fault<"cut">, line: ReplyLine): void {
  if (fault.kind === "cut") line.cut();
  else
    line.sendStatus(
      fault.status,
      fault.body ?? usualBodies[fault.status] ?? "",
      fault.retryAfterSeconds ?? null,
    );
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
