import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Files of nothing but calls: they share the modules of their worker, which a third of their time went into. */
const plain = [
  "account",
  "domain",
  "engine",
  "features",
  "indicators",
  "metrics",
  "report",
  "strategies",
].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  resolve: { alias: { geosync: fileURLToPath(new URL("../src/index.ts", import.meta.url)) } },
  test: {
    root: fileURLToPath(new URL("..", import.meta.url)),
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A condition is waited for as long as it takes on a busy machine; a second, the default, is a test by the clock.
    expect: { poll: { timeout: 30_000, interval: 20 } },
    // Vitest would leave one core idle.
    maxWorkers: "100%",
    projects: [
      { extends: true, test: { name: "plain", include: plain, isolate: false } },
      { extends: true, test: { name: "whole", include: ["test/**/*.test.ts"], exclude: plain } },
    ],
  },
});
