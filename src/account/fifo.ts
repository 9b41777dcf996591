import type { Holding, Lot } from "./holding.ts";
import type { Booking, TradeLog } from "./tradeLog.ts";

/** First in, first out: closes the oldest lots of the other side, what remains opens a lot. */
export function matchLots(booking: Booking, trades: TradeLog): void {
  const { holding, fill, price, tag } = booking;
  const buys = fill.side === "buy";
  let remaining = fill.quantity;
  let feeLeft = booking.fee;
  let valueLeft = booking.value;
  if (buys ? holding.size < 0 : holding.size > 0) {
    while (remaining > 0n && holding.first < holding.lots.length) {
      const lot = holding.lots[holding.first]!;
      if (lot.quantity > remaining) {
        closePart(booking, lot, remaining, feeLeft, valueLeft, trades);
        remaining = 0n;
      } else {
        const isLast = lot.quantity === remaining;
        const share = isLast ? feeLeft : (feeLeft * lot.quantity) / remaining;
        trades.add(booking, lot, lot.quantity, lot.fees, share);
        if (holding.inverse) {
          const exit = isLast ? valueLeft : (valueLeft * lot.quantity) / remaining;
          trades.addValues({ entry: lot.value, exit });
          valueLeft -= exit;
        }
        dropFirstLot(holding);
        remaining -= lot.quantity;
        feeLeft -= share;
      }
    }
  }
  if (buys) holding.quantity += fill.quantity;
  else holding.quantity -= fill.quantity;
  if (remaining === 0n) return;
  const { time, bar } = fill;
  holding.lots.push({ quantity: remaining, price, fees: feeLeft, value: valueLeft, time, bar, tag });
}

function closePart(
  booking: Booking,
  lot: Lot,
  quantity: bigint,
  exitFee: bigint,
  exit: bigint,
  trades: TradeLog,
): void {
  const entryFee = (lot.fees * quantity) / lot.quantity;
  trades.add(booking, lot, quantity, entryFee, exitFee);
  if (booking.holding.inverse) {
    const entry = (lot.value * quantity) / lot.quantity;
    trades.addValues({ entry, exit });
    lot.value -= entry;
  }
  lot.quantity -= quantity;
  lot.fees -= entryFee;
}

function dropFirstLot(holding: Holding): void {
  if (holding.lots.length === 1) {
    holding.lots.pop();
    return;
  }
  holding.first++;
  if (holding.first === holding.lots.length) {
    holding.lots.length = 0;
    holding.first = 0;
  } else if (holding.first > 1024) {
    holding.lots = holding.lots.slice(holding.first);
    holding.first = 0;
  }
}
