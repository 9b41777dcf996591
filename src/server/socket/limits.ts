/** What a client may use of the server, and how long the server is patient. */
export interface SocketLimits {
  /** Open at once, all clients together. @default 1000 */
  readonly connections: number;
  /** Of one message to the server; a larger one closes the connection with 1009. @default 16384 */
  readonly messageBytes: number;
  /** In the long run, and at once; what is beyond is refused. @default 20 and 100 */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  /** So many messages refused in a row for that close the connection with 1008. @default 100 */
  readonly refusals: number;
  /** A client with more than this on its way to it has fallen behind: what comes waits. @default 262144 */
  readonly behindBytes: number;
  /** Frames, and bytes of them, that wait for such a client and can't be left out; more close with 1013. @default 5000 and 8388608 */
  readonly waitingFrames: number;
  readonly waitingBytes: number;
  /** Milliseconds between heartbeats. @default 5000 */
  readonly heartbeatMs: number;
  /** Milliseconds between pings; who has not answered the last one is gone. @default 15000 */
  readonly pingMs: number;
  /** Milliseconds to show a token in, where one is needed. @default 5000 */
  readonly authMs: number;
  /** Milliseconds to answer the server's close in. @default 2000 */
  readonly closeMs: number;
}

export const defaultLimits: SocketLimits = {
  connections: 1000,
  messageBytes: 16 * 1024,
  messagesPerSecond: 20,
  messageBurst: 100,
  refusals: 100,
  behindBytes: 256 * 1024,
  waitingFrames: 5000,
  waitingBytes: 8 * 1024 * 1024,
  heartbeatMs: 5000,
  pingMs: 15_000,
  authMs: 5000,
  closeMs: 2000,
};

/** So many at once, and so many a second in the long run. */
export class Allowance {
  readonly #perMs: number;
  readonly #burst: number;
  #left: number;
  #at = performance.now();

  constructor(perSecond: number, burst: number) {
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
    this.#left = burst;
  }

  /** False: not now. */
  take(): boolean {
    const now = performance.now();
    this.#left = Math.min(this.#burst, this.#left + (now - this.#at) * this.#perMs);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
