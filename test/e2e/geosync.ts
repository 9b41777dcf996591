import { execFileSync } from "node:child_process";
import { mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa, type Options } from "execa";
import { expect } from "vitest";
import type { z } from "zod";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const bin = join(root, "bin/geosync.js");

/** What users run is the build: makes it when a source is newer. */
export function buildWhenStale(): void {
  execFileSync(process.execPath, [join(root, "bin/build.js"), "--if-stale"]);
}

/** A folder of its own, with the sample data and examples where the documentation has them. */
export function workingFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "geosync-e2e-"));
  for (const name of ["data", "examples"]) symlinkSync(join(root, name), join(folder, name));
  return folder;
}

/** Runs the command in a pipe, as a script would, in an environment of its own. */
export function geosync(args: readonly string[], options: Options = {}) {
  return execa(process.execPath, [bin, ...args], {
    cwd: root,
    extendEnv: false,
    env: { PATH: process.env.PATH ?? "" },
    reject: false,
    ...options,
  });
}

/** Exactly one document on stdout, and one that its schema takes as it is. */
export function documentOf<T>(stdout: unknown, schema: z.ZodType<T>): T {
  const json: unknown = JSON.parse(String(stdout));
  const document = schema.parse(json);
  expect(document).toEqual(json);
  return document;
}
