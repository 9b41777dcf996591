import type { LiveStatus } from "../../data/liveStatus.ts";
import type { IntakeStatus } from "./intake.ts";

/** What happened to a stream of data, in plain words. */
export function describeStatus(status: LiveStatus): IntakeStatus {
  const { kind } = status;
  const of = `${status.symbol} ${status.channel}`;
  const told = (level: IntakeStatus["level"], words: string) => ({ level, kind, message: `${of}: ${words}` });
  switch (status.kind) {
    case "connected":
      return told("info", "connected");
    case "stalled":
      return told("warning", `nothing came for ${seconds(status.silentMs)}, the connection is given up`);
    case "reconnecting": {
      const when = status.inMs < 50 ? "at once" : `in ${seconds(status.inMs)}`;
      return told("warning", `connecting again ${when} (attempt ${status.attempt}): ${status.reason}`);
    }
    case "filled":
      return told("info", `${status.rows} ${status.rows === 1 ? "row" : "rows"} asked for that had not come`);
    case "retrying":
      return told("warning", `a question failed and is asked again: ${status.reason}`);
    case "ignored":
      return told("warning", `a message that makes no sense was left out: ${status.reason}`);
    case "unknown":
      return told("warning", `unknown until the next snapshot: ${status.reason}`);
  }
}

function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
