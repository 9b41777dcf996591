import { describe, it } from "vitest";
import { parseFixed } from "../../src/domain/fixed.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import type { MarketChunk } from "../../src/domain/market.ts";
import { PaperAdapter } from "../../src/execution/paperAdapter.ts";
import { declareContract, tradingAdapterContract } from "../../src/testing/index.ts";
import { credentials, localVenue } from "../support/localVenue.ts";
import { printChunk } from "../support/prints.ts";

const framework = { describe, it };

declareContract(
  "PaperAdapter",
  tradingAdapterContract(() => {
    const bitcoin = createInstrument("BTC/USDT", { tick: "0.01", lot: "0.00001", minNotional: "5" });
    const adapter = new PaperAdapter({ instruments: [bitcoin], cash: parseFixed("100000") });
    let time = Date.UTC(2026, 0, 1);
    const advance = (): void => {
      time += 1000;
      const chunk: MarketChunk = printChunk(bitcoin, [[time, "60000", "1"]]);
      adapter.onMarket({ chunk, row: 0 });
    };
    advance();
    const terms = { symbol: "BTC/USDT", quantity: "0.01", restingPrice: "30000" };
    return { adapter, credentials, ...terms, advance };
  }),
  framework,
);

declareContract(
  "ExchangeAdapter on the local exchange",
  tradingAdapterContract(async () => {
    const local = await localVenue();
    return {
      adapter: local.adapter(),
      credentials,
      symbol: "BTC/USDT",
      quantity: "0.01",
      restingPrice: "50000",
      close: () => local.close(),
    };
  }),
  framework,
);
