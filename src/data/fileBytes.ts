import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { ValidationError } from "../domain/errors.ts";

export function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

/**
 * What a gzip file holds, a piece at a time; `hash` sees the bytes as they lie on disk.
 * @throws ValidationError GEO-FILE when the file is damaged or was cut off
 */
export async function* unpacked(
  path: string,
  handle: FileHandle,
  hash: Hash | null,
): AsyncGenerator<Buffer, void, undefined> {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  // Its failure reaches the reader of the last stage, below.
  pipeline(packed(handle, hash), gunzip, () => {});
  try {
    for await (const piece of gunzip) yield piece as Buffer;
  } catch (cause) {
    throw new ValidationError("GEO-FILE", `${path}: expected a whole gzip file, found a damaged one`, {
      hint: "It may have been cut off: download it again.",
      cause,
    });
  }
}

/** Of the bytes of a file, in hexadecimal digits. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  const handle = await open(path);
  try {
    for await (const _ of packed(handle, hash));
  } finally {
    await handle.close();
  }
  return hash.digest("hex");
}

/** The bytes of a file as they are. */
export async function* packed(
  handle: FileHandle,
  hash: Hash | null,
): AsyncGenerator<Buffer, void, undefined> {
  const file = handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 1 << 18 });
  for await (const piece of file) {
    hash?.update(piece as Buffer);
    yield piece as Buffer;
  }
}
