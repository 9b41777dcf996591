import type { WebSocket } from "ws";
import type { SocketCounts } from "./counts.ts";
import type { SocketLimits } from "./limits.ts";

/**
 * One client's way out. While the client keeps up, frames go straight to its socket. Once it has fallen behind they
 * wait here: of those with a key only the latest, of the others all, up to a bound. Nobody else waits for it.
 */
export class Outlet {
  readonly #socket: WebSocket;
  readonly #limits: SocketLimits;
  readonly #counts: SocketCounts;
  /** In the order in which they are to go. Invariant: empty, or the socket has a write whose end will be told. */
  readonly #waiting = new Map<string | symbol, Buffer>();
  #lossless = { frames: 0, bytes: 0 };

  constructor(socket: WebSocket, limits: SocketLimits, counts: SocketCounts) {
    this.#socket = socket;
    this.#limits = limits;
    this.#counts = counts;
  }

  /** @param key a later frame of the same key may take its place; null: it must arrive */
  send(frame: Buffer, key: string | null): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#waiting.size === 0 && this.#socket.bufferedAmount <= this.#limits.behindBytes) {
      this.#write(frame);
    } else if (key === null) {
      this.#waiting.set(Symbol(), frame);
      this.#lossless.frames++;
      this.#lossless.bytes += frame.length;
      this.#checkBound();
    } else {
      // At the end again, so that the numbers of a channel only grow.
      if (this.#waiting.delete(key)) this.#counts.conflated++;
      this.#waiting.set(key, frame);
    }
  }

  #checkBound(): void {
    const { waitingFrames, waitingBytes } = this.#limits;
    if (this.#lossless.frames <= waitingFrames && this.#lossless.bytes <= waitingBytes) return;
    this.#waiting.clear();
    this.#counts.tooSlow++;
    this.#socket.close(1013, "too slow: more is waiting than is kept");
  }

  #write(frame: Buffer): void {
    this.#counts.frames++;
    this.#socket.send(frame, { binary: false }, this.#written);
  }

  readonly #written = (): void => {
    if (this.#waiting.size === 0) return;
    if (this.#socket.readyState !== this.#socket.OPEN) this.#waiting.clear();
    for (const [key, frame] of this.#waiting) {
      if (this.#socket.bufferedAmount > this.#limits.behindBytes) return;
      this.#waiting.delete(key);
      if (typeof key === "symbol") {
        this.#lossless.frames--;
        this.#lossless.bytes -= frame.length;
      }
      this.#write(frame);
    }
  };
}
