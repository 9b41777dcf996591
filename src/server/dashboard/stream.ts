import type { Frame } from "./wire.ts";

/** How the connection is: `stale` is open, but silent. */
export type Link = "connecting" | "live" | "stale" | "reconnecting";

export interface StreamListener {
  onFrame(frame: Frame): void;
  onLink(link: Link): void;
  /** Of a question and its answer. */
  onLatency(ms: number): void;
  /** The connection was lost or refused; browsers do not say why. */
  onLost(): void;
}

const channels = ["status", "equity", "positions", "orders", "trades", "signals", "ticks"] as const;
/** Nothing may be missing there; of the others, each update is the whole. */
const lossless: ReadonlySet<string> = new Set(["orders", "trades", "signals"]);

/** Milliseconds between two pings. */
const pingMs = 2500;
/** Silence of that length is told, and of that length ended: each ping should have been answered. */
const staleMs = 3 * pingMs;
const deadMs = 6 * pingMs;
const shortestWaitMs = 250;
const longestWaitMs = 8000;

/**
 * The session's news, for as long as the page is open: connects anew when the connection is lost, and goes on after the
 * last update it had where the server still can.
 */
export class Stream {
  readonly #listener: StreamListener;
  readonly #tokenOf: () => string | null;
  #socket: WebSocket | null = null;
  #link: Link = "connecting";
  #epoch: string | null = null;
  #seqs: Record<string, number> = {};
  #failures = 0;
  #heard = 0;
  #asked: number | null = null;
  #retry: number | undefined;
  #wanted = false;

  constructor(listener: StreamListener, tokenOf: () => string | null) {
    this.#listener = listener;
    this.#tokenOf = tokenOf;
    setInterval(() => this.#beat(), pingMs);
    addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry());
  }

  open(): void {
    this.#wanted = true;
    clearTimeout(this.#retry);
    const token = this.#tokenOf();
    const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;
    const socket = token === null ? new WebSocket(url) : new WebSocket(url, ["geosync", `bearer.${token}`]);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#heard = performance.now();
      this.#asked = null;
      this.#subscribe(socket);
      this.#ping(socket);
    });
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#take(JSON.parse(String(data)) as Frame);
    });
    socket.addEventListener("close", () => {
      if (socket === this.#socket) this.#lost();
    });
  }

  /** Until `open` is called again. */
  pause(): void {
    this.#wanted = false;
    clearTimeout(this.#retry);
    this.#drop();
  }

  #subscribe(socket: WebSocket): void {
    const after = this.#epoch === null ? {} : { epoch: this.#epoch, since: this.#seqs };
    socket.send(JSON.stringify({ action: "subscribe", channels, decimals: "string", ...after }));
  }

  #take(frame: Frame): void {
    this.#heard = performance.now();
    const { type, channel, seq, epoch } = frame;
    if (type === "pong" && this.#asked !== null) {
      this.#listener.onLatency(performance.now() - this.#asked);
      this.#asked = null;
    }
    if (type === "subscribed" && epoch !== undefined && epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#seqs = {};
    }
    if (channel !== null && seq !== null && (type === "snapshot" || type === "update")) {
      const before = this.#seqs[channel];
      const isGap = type === "update" && before !== undefined && seq > before + 1;
      if (isGap && lossless.has(channel)) {
        this.#startOver();
        return;
      }
      this.#seqs[channel] = seq;
      this.#listener.onFrame(frame);
    }
    this.#failures = 0;
    this.#tell("live");
  }

  /** All anew, as if there had been nothing. */
  #startOver(): void {
    this.#epoch = null;
    this.#seqs = {};
    this.#drop();
    this.open();
  }

  #lost(): void {
    this.#socket = null;
    if (!this.#wanted) return;
    this.#tell("reconnecting");
    const wait = Math.min(longestWaitMs, shortestWaitMs * 2 ** this.#failures++);
    // Not all pages at once.
    this.#retry = setTimeout(() => this.open(), wait * (0.75 + Math.random() / 2));
    this.#listener.onLost();
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #beat(): void {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return;
    const silent = performance.now() - this.#heard;
    if (silent > deadMs) {
      this.#drop();
      this.#lost();
    } else {
      if (silent > staleMs) this.#tell("stale");
      this.#ping(socket);
    }
  }

  #ping(socket: WebSocket): void {
    this.#asked ??= performance.now();
    socket.send('{"action":"ping"}');
  }

  #hurry(): void {
    if (!this.#wanted || this.#socket !== null) return;
    this.#failures = 0;
    this.open();
  }

  #tell(link: Link): void {
    if (link === this.#link) return;
    this.#link = link;
    this.#listener.onLink(link);
  }
}
