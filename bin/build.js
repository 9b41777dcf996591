/**
 * Compiles src/ to dist/: `npm run build` always; `npm ci` (prepare) and the tests only when a source is newer. Without
 * a compiler (`npm ci --omit=dev`) there is nothing to do, and that is no failure.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const compiler = join(root, "node_modules/typescript/bin/tsc");
const onlyWhenStale = process.argv.includes("--if-stale");

if (onlyWhenStale && (isFresh() || !existsSync(compiler))) process.exit(0);

// Compiled aside and put in place at once: no module of an earlier build stays, and nobody sees half of this one.
const fresh = join(root, `dist-${process.pid}`);
mkdirSync(fresh);
try {
  execFileSync(process.execPath, [compiler, "-p", join(root, "src"), "--outDir", fresh], {
    stdio: "inherit",
  });
  // Another process may have built meanwhile.
  if (!(onlyWhenStale && isFresh())) {
    rmSync(dist, { recursive: true, force: true });
    renameSync(fresh, dist);
  }
} catch (error) {
  // The compiler has said on its own what is wrong.
  if (typeof error.status !== "number") throw error;
  process.exitCode = error.status;
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

function isFresh() {
  const built = statSync(join(dist, "cli/main.js"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  // A folder is newer than what was deleted from it.
  const sources = [".", ...readdirSync(join(root, "src"), { recursive: true })];
  return sources.every((file) => statSync(join(root, "src", file)).mtimeMs <= built);
}
