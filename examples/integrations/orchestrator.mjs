import { join } from "node:path";
import { buildGeoSyncSystem, GeoSyncOrchestrator, MarketDataSource } from "geosync";

const dataRoot = "data";
const system = buildGeoSyncSystem({ allowedDataRoots: [dataRoot] });
const orchestrator = new GeoSyncOrchestrator(system);

const source = new MarketDataSource({
  path: join(dataRoot, "BTCUSDT_1m_synthetic.csv"),
  symbol: "BTCUSDT",
  venue: "BINANCE",
});

function momentumStrategy(prices) {
  const window = 10;
  const mean = (from) => prices.subarray(from, from + window).reduce((sum, price) => sum + price, 0) / window;
  const rolling = Array.from({ length: prices.length - window + 1 }, (_, bar) => mean(bar));
  const padded = [...Array(window - 1).fill(rolling[0]), ...rolling];
  return prices.map((price, bar) => (price >= padded[bar] ? 1 : -1));
}

const run = await orchestrator.runStrategy(source, momentumStrategy);

// Forward the latest signal to the simulated Binance connector
await orchestrator.ensureLiveLoop();
const order = await orchestrator.submitSignal({
  signal: run.signals.at(-1),
  venue: "binance",
  quantity: 0.1,
  price: run.featureFrame.column(system.featurePipeline.config.priceColumn).at(-1),
});
console.log(order.id, order.side, String(order.quantity));

await orchestrator.stop();
