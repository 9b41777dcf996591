/** What the WebSocket has done since it was opened, for whoever measures. */
export interface SocketCounts {
  /** Clients that are connected now. */
  clients: number;
  /** Frames handed to sockets. */
  frames: number;
  /** Frames left out because a later one said the same newer, to a client that was behind. */
  conflated: number;
  /** Clients cut off because too much was waiting for them. */
  tooSlow: number;
}

export function noCounts(): SocketCounts {
  return { clients: 0, frames: 0, conflated: 0, tooSlow: 0 };
}
