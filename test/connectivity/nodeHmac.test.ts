/** Signatures by node's HMAC are those that ccxt makes itself. */
import { createRequire } from "node:module";
import ccxt, { type Exchange } from "ccxt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signWithNode } from "../../src/connectivity/nodeHmac.ts";

type Hmac = (request: unknown, secret: unknown, hash: unknown, digest?: string) => unknown;

// The hashes that ccxt itself passes.
const hashes = createRequire(createRequire(import.meta.url).resolve("ccxt"))("@noble/hashes/sha2.js");

describe("a signature", () => {
  it.each(["sha256", "sha384", "sha512", "sha224"])("by %s is the same as ccxt's own", (name) => {
    const [ours, theirs] = [new ccxt.binance(), new ccxt.binance()];
    signWithNode(ours);
    const hmacOf = (exchange: Exchange) => (exchange as unknown as { hmac: Hmac }).hmac;
    const bytes = fc.oneof(fc.uint8Array(), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(bytes, bytes, fc.constantFrom(undefined, "hex", "base64"), (request, secret, digest) => {
        expect(hmacOf(ours)(request, secret, hashes[name], digest)).toEqual(
          hmacOf(theirs)(request, secret, hashes[name], digest),
        );
      }),
    );
  });
});
