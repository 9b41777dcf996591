import { Decimal as DecimalJs } from "decimal.js";
import { z } from "zod";
import {
  ConnectionError,
  GeoSyncError,
  InsufficientDataError,
  OrderError,
  ValidationError,
} from "../domain/errors.ts";
import { didYouMean } from "../domain/suggest.ts";
import * as indicators from "../indicators/index.ts";
import { defineStrategy } from "./contract.ts";
import * as sizing from "./sizing.ts";

/**
 * What a plugin gets from `require("geosync")`: strategy, indicators, sizing, errors, `z`, and a Decimal of its own, so that
 * settings on it never reach the ledger. Any other name throws GEO-STRATEGY-LOAD when it is used.
 */
export function createPluginApi(): Readonly<Record<string, unknown>> {
  const members = {
    ...indicators,
    ...sizing,
    defineStrategy,
    z,
    Decimal: DecimalJs.clone({ precision: 50, toExpNeg: -60, toExpPos: 60 }),
    GeoSyncError,
    ConnectionError,
    OrderError,
    ValidationError,
    InsufficientDataError,
  };
  const api: Record<string, unknown> = Object.create(refusing(Object.keys(members)));
  return Object.freeze(Object.assign(api, members));
}

/**
 * A prototype that refuses unknown names. As a prototype it costs known names nothing, and it also guards the copy
 * that bundlers make for `import * as`: they copy own members and keep the prototype.
 */
function refusing(names: readonly string[]): object {
  return new Proxy(Object.freeze(Object.create(null)), {
    get(_, key) {
      if (typeof key === "symbol" || probed.has(key)) return Reflect.get(Object.prototype, key);
      throw new ValidationError(
        "GEO-STRATEGY-LOAD",
        `"geosync" gives strategies no "${key}".${didYouMean(key, names)}`,
        { hint: `A strategy may import ${names.join(", ")}; everything else reaches it through ctx.` },
      );
    },
  });
}

/** Names that bundlers, promises and printers ask any object for. */
const probed: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  "__esModule",
  "default",
  "then",
  "toJSON",
  "inspect",
  "nodeType",
  "asymmetricMatch",
  "$$typeof",
]);
