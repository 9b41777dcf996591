import { expect, it } from "vitest";
import { newFolder, removeFolder } from "../support/servedSession.ts";
import { startService } from "../support/service.ts";

it("a chart begins with the bars of before a restart", async () => {
  const folder = newFolder();
  const first = await startService({ folder });
  const candles = first.service.candles("BTCUSD", 100);
  expect(candles.map(({ close }) => close.toNumber())).toEqual([50_000, 50_100, 50_050, 50_200, 50_000]);
  await first.stop();
  const again = await startService({ folder });
  expect(again.service.candles("BTCUSD", 100)).toEqual(candles);
  expect(again.service.candles("BTCUSD", 2)).toEqual(candles.slice(-2));
  // What the account was worth then, no journal says.
  expect(again.service.equityCurve(100)).toEqual([]);
  await again.stop();
  removeFolder(folder);
});
