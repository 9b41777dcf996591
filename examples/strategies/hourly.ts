import { defineStrategy, ema } from "geosync";

/** Two timeframes: the direction comes from closed hours, the entry from the bars of the file. For minute data. */
export default defineStrategy({
  name: "hourly",
  description: "Buys dips of a few minutes while the hours rise.",
  timeframes: ["1h"],
  warmup: 180,
  create(_, ctx) {
    const short = ema(15);
    return {
      onBar(bar) {
        const mean = short.update(bar.close);
        const hours = ctx.bars("1h");
        // Only closed bars are there, the newest last.
        const newest = hours.at(hours.length - 1);
        const before = hours.at(hours.length - 2);
        if (newest === undefined || before === undefined) return;
        const rising = newest.close > before.close;
        if (ctx.position.isFlat && rising && bar.close < mean * 0.999) ctx.buy({ fraction: 1 });
        else if (ctx.position.isLong && !rising) ctx.close();
      },
    };
  },
});
