import type { SessionHeader } from "../../src/store/header.ts";

export const header: SessionHeader = {
  mode: "testnet",
  venue: "binance",
  symbols: ["BTC/USDT"],
  strategy: { name: "momentum", sha256: "ab".repeat(32), params: { lookback: 60 } },
  config: { cash: "10000", timeframe: "1m" },
  seed: 7,
};

/** What is written as entry `seq`, so that a reader knows what to find: 1 to 300 bytes. */
export function payloadOf(seq: number): Uint8Array {
  return Uint8Array.from({ length: 1 + ((seq * 7919) % 300) }, (_, i) => (seq * 31 + i * 17) & 255);
}
