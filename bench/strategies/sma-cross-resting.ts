import { defineStrategy, sma } from "geosync";

/** Averages of 10 and 30 prices in cents differ by 1/30 of a cent or not at all; less is rounding, of each engine its own. */
const noise = 1e-4;

/** Long while SMA 10 is above SMA 30, and at rest on the bar of a fill, where grademark asks no rule either. */
export default defineStrategy({
  name: "sma-cross-resting",
  warmup: () => 30,
  create(_, ctx) {
    const fast = sma(10);
    const slow = sma(30);
    let wasFlat = true;
    return {
      onBar(bar) {
        const f = fast.update(bar.close);
        const s = slow.update(bar.close);
        const { isFlat } = ctx.position;
        const filled = isFlat !== wasFlat;
        wasFlat = isFlat;
        if (filled) return;
        if (f - s > noise && isFlat) ctx.buy({ quantity: 1 });
        else if (s - f > noise && !isFlat) ctx.close();
      },
    };
  },
});
