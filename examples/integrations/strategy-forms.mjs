/** The three forms of a strategy (handlers, a class, a function of all prices), backtested on the same data. */
import { fileURLToPath } from "node:url";
import { backtest } from "geosync";

const root = new URL("../../", import.meta.url);
const path = (name) => fileURLToPath(new URL(name, root));
const forms = { handlers: "breakout.ts", "a class": "reversion.ts", "a function of all prices": "trend.ts" };

for (const [form, file] of Object.entries(forms)) {
  const strategy = path(`examples/strategies/${file}`);
  const { document } = await backtest({ files: [path("data/SP500_1d.csv")], strategy });
  const { trades, totalReturn, maxDrawdown } = document.metrics;
  const percent = (share) => `${(share * 100).toFixed(2)} %`;
  console.log(`${form}: ${trades} trades, ${percent(totalReturn)}, drawdown ${percent(maxDrawdown)}`);
}
