import type { Holding, Lot } from "./holding.ts";
import type { Booking, TradeLog } from "./tradeLog.ts";

/** What of a fill is not matched yet, with its share of fee and value. */
interface Unmatched {
  quantity: bigint;
  fee: bigint;
  value: bigint;
}

/** First in, first out: closes the oldest lots of the other side, what remains opens a lot. */
export function matchLots(booking: Booking, trades: TradeLog): void {
  const { holding, fill, price, tag } = booking;
  const buys = fill.side === "buy";
  const left: Unmatched = { quantity: fill.quantity, fee: booking.fee, value: booking.value };
  if (buys ? holding.size < 0 : holding.size > 0) closeLots(booking, left, trades);
  if (buys) holding.quantity += fill.quantity;
  else holding.quantity -= fill.quantity;
  if (left.quantity === 0n) return;
  const { quantity, fee: fees, value } = left;
  holding.lots.push({ quantity, price, fees, value, time: fill.time, bar: fill.bar, tag });
}

function closeLots(booking: Booking, left: Unmatched, trades: TradeLog): void {
  const { holding } = booking;
  while (left.quantity > 0n && holding.first < holding.lots.length) {
    const lot = holding.lots[holding.first]!;
    if (lot.quantity > left.quantity) {
      closePart(booking, lot, left.quantity, left.fee, left.value, trades);
      left.quantity = 0n;
    } else closeWhole(booking, lot, left, trades);
  }
}

function closeWhole(booking: Booking, lot: Lot, left: Unmatched, trades: TradeLog): void {
  const { holding } = booking;
  const isLast = lot.quantity === left.quantity;
  const share = isLast ? left.fee : (left.fee * lot.quantity) / left.quantity;
  trades.add(booking, lot, lot.quantity, lot.fees, share);
  if (holding.inverse) {
    const exit = isLast ? left.value : (left.value * lot.quantity) / left.quantity;
    trades.addValues({ entry: lot.value, exit });
    left.value -= exit;
  }
  dropFirstLot(holding);
  left.quantity -= lot.quantity;
  left.fee -= share;
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
