import { createHash } from "node:crypto";

/** SHA-256. */
export type Digest = Uint8Array;

/** What the first block of a journal follows: its header, so that header and journal belong together. */
export function originOf(header: string): Digest {
  return createHash("sha256").update(header).digest();
}

/** Each block's digest covers the one before: nothing inside can be changed, moved or left out unnoticed. */
export function blockDigest(before: Digest, first: number, count: number, body: Uint8Array): Digest {
  return createHash("sha256").update(before).update(`${first}+${count}:`).update(body).digest();
}

export function checkpointDigest(origin: Digest, seq: number, time: number, state: Uint8Array): Digest {
  return createHash("sha256").update(origin).update(`checkpoint ${seq} ${time}:`).update(state).digest();
}

export function sameDigest(a: Digest, b: Digest): boolean {
  return Buffer.compare(a, b) === 0;
}
