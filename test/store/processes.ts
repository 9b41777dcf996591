import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { execa } from "execa";
import { onTestFinished } from "vitest";

export interface Told {
  readonly opened?: number;
  readonly looking?: number;
  readonly committed?: number;
  readonly checkpoint?: number;
  readonly state?: number;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
}

/** child.ts as one file that Node can run from anywhere. @returns its path */
export async function bundleChild(folder: string): Promise<string> {
  const outfile = join(folder, "child.mjs");
  const native = pathToFileURL(createRequire(import.meta.url).resolve("libsql")).href;
  await build({
    entryPoints: [fileURLToPath(new URL("child.ts", import.meta.url))],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    plugins: [
      {
        name: "native",
        setup: ({ onResolve }) => onResolve({ filter: /^libsql$/ }, () => ({ path: native, external: true })),
      },
    ],
  });
  return outfile;
}

/** A process that tells lines of JSON, and is gone when the test is. */
export function startChild(command: readonly [string, ...string[]]) {
  const child = execa(command[0], command.slice(1), { reject: false });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout });
  return {
    /** Until it has told something that `wanted` takes. @throws Error when it ends before */
    until(wanted: (message: Told) => boolean): Promise<Told> {
      return new Promise((resolve, reject) => {
        lines.on("line", (line) => {
          const message = JSON.parse(line) as Told;
          if (wanted(message)) resolve(message);
        });
        lines.on("close", () => reject(new Error("the process ended before it told what was waited for")));
      });
    },
    /** @returns all that it has told */
    kill(): Promise<readonly Told[]> {
      child.kill("SIGKILL");
      return this.ended();
    },
    /** @returns all that it has told */
    async ended(): Promise<readonly Told[]> {
      const { stdout } = await child;
      return stdout.split("\n").map((line) => JSON.parse(line) as Told);
    },
  };
}
