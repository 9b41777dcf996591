import type { WebSocket } from "ws";
import type { StreamFault } from "../faults/schema.ts";

/** Asked for each event: what shall go wrong with it. */
export type StreamFaults = (stream: string) => StreamFault | null;

/** A reader that is this far behind is cut off. */
const mostBuffered = 32 * 1024 * 1024;

/** One socket's way out: events pass the fault plan, answers do not. */
export class Outlet {
  readonly #socket: WebSocket;
  readonly #faults: StreamFaults;
  readonly #timers = new Set<NodeJS.Timeout>();
  #stalledUntil = 0;
  /** Held back until the next event has overtaken it. */
  #overtaken: string | null = null;

  constructor(socket: WebSocket, faults: StreamFaults) {
    this.#socket = socket;
    this.#faults = faults;
  }

  answer(text: string): void {
    this.#send(text);
  }

  event(stream: string, text: string): void {
    // Open, but nothing comes any more; what happens meanwhile is lost.
    if (this.#stalledUntil > 0 && performance.now() < this.#stalledUntil) return;
    const fault = this.#faults(stream);
    if (fault === null) this.#inOrder(text);
    else this.#wrongly(text, fault);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #wrongly(text: string, fault: StreamFault): void {
    switch (fault.kind) {
      case "drop":
        break;
      case "duplicate":
        this.#inOrder(text);
        this.#send(text);
        break;
      case "late":
        this.#later(fault.ms, () => this.#send(text));
        break;
      case "reorder":
        this.#inOrder("");
        this.#overtaken = text;
        break;
      case "stall":
        this.#stalledUntil = performance.now() + (fault.ms ?? Number.POSITIVE_INFINITY);
        break;
      case "cut":
        this.#socket.terminate();
        break;
      case "terminate":
        this.#send(`{"event":{"e":"eventStreamTerminated","E":${Date.now()}}}`);
    }
  }

  #inOrder(text: string): void {
    if (text !== "") this.#send(text);
    if (this.#overtaken === null) return;
    const late = this.#overtaken;
    this.#overtaken = null;
    this.#send(late);
  }

  #later(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }

  #send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > mostBuffered) this.#socket.terminate();
    else this.#socket.send(text);
  }
}
