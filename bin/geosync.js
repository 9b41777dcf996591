#!/usr/bin/env node
import("../dist/cli/main.js").catch((error) => {
  const notBuilt = error.code === "ERR_MODULE_NOT_FOUND" && /dist.cli.main\.js' imported/.test(error.message);
  console.error(notBuilt ? "geosync is not built yet: run `npm run build` first." : error);
  process.exitCode = 1;
});
