import { expect, it } from "vitest";
import type { PlaceCommand, Sizing } from "../../../src/domain/execution.ts";
import { parseFixed } from "../../../src/domain/fixed.ts";
import { createInstrument } from "../../../src/domain/instrument.ts";
import { sizeOf } from "../../../src/execution/live/orderTerms.ts";

const instrument = createInstrument("BTC/USDT", { lot: "0.01" });

/** 1000 to be spent, decided at 100 under a collar of 5 %: 10.52 at most. */
const byValue: Sizing = { kind: "value", value: parseFixed("1000"), plus: 0n, cap: 1052n };

it.each([
  ["in value, where the venue takes values", {}, "100", true, "1000 USDT"],
  ["in value, as long as it buys no more than the cap", {}, "95.05", true, "1000 USDT"],
  ["as the cap, when the price has fallen below the collar", {}, "90", true, "10.52 BTC"],
  ["in value without a price: nothing says that it has fallen", {}, null, true, "1000 USDT"],
  ["as what it buys, where the venue takes quantities alone", {}, "100", false, "10 BTC"],
  ["as the cap there, too", {}, "90", false, "10.52 BTC"],
  ["as what it buys at its limit", { type: "limit", limit: parseFixed("98") }, "90", true, "10.2 BTC"],
  ["with what it nets, as a quantity", { sizing: { ...byValue, plus: 300n } }, "100", true, "13 BTC"],
] as const)("an order by value is sent %s", (_, more, price, takesValues, sent) => {
  const command = { instrument, type: "market", limit: null, sizing: byValue, ...more } as PlaceCommand;
  const { units, value } = sizeOf(
    command,
    command.sizing,
    takesValues,
    price === null ? null : parseFixed(price),
  );
  expect(
    units === null ? `${Number(value.units) / 10 ** value.scale} USDT` : `${Number(units) / 100} BTC`,
  ).toBe(sent);
});
