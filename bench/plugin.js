import { createInstrument, simulate } from "../dist/index.js";
import { loadPlugin } from "../dist/run/plugin.js";
import { SimulationClock } from "../dist/run/simulate.js";
import { timed } from "./figure.js";

export const instrument = createInstrument("BTC/USDT");

/**
 * Loads a strategy's file as every backtest does, afresh, and runs it over bars in memory.
 * @returns ms of the simulation alone, and its result
 */
export async function runPlugin(path, stream, settings) {
  const clock = new SimulationClock(1);
  const { create, warmup } = await loadPlugin({ files: [], strategy: path }, clock);
  const options = {
    streams: [stream],
    createStrategy: create,
    instruments: [instrument],
    warmup,
    clock,
    settings,
  };
  return timed(() => simulate(options));
}
