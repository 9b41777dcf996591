import type { Account } from "../account/account.ts";
import type { Holding, Lot } from "../account/holding.ts";
import type { Trade } from "../account/trade.ts";
import { addFixed, type Fixed, formatFixed, multiplyFixed, negateFixed, zero } from "../domain/fixed.ts";
import type { AttributionRecord, AttributionSection } from "../report/document.ts";

/** What one strategy, symbol or tag earned. */
interface Part {
  trades: number;
  /** Net of what closed trades, financing included. */
  realised: Fixed;
  unrealised: Fixed;
}

/**
 * Who earned what: by strategy, by symbol and by the tags of entries. Each adds up to what equity gained, to the last
 * digit; what belongs to no one in particular (interest on borrowed cash) is named as the account's.
 */
export function attributionOf(
  account: Account,
  trades: readonly Trade[],
  names: readonly string[],
): AttributionSection {
  const gained = addFixed(account.exactEquity(), negateFixed(account.initialEquity));
  return {
    total: formatFixed(gained),
    strategies: sectionOf(
      byHolding(account, trades, ({ owner }) => names[owner]!),
      gained,
    ),
    symbols: sectionOf(
      byHolding(account, trades, ({ instrument }) => instrument.symbol),
      gained,
    ),
    tags: sectionOf(byTag(account, trades), gained),
  };
}

function byHolding(
  account: Account,
  trades: readonly Trade[],
  nameOf: (of: Pick<Holding, "owner" | "instrument">) => string,
): Map<string | null, Part> {
  const parts = new Map<string | null, Part>();
  for (const holding of account.everyHolding) {
    const part = partOf(parts, nameOf(holding));
    part.realised = addFixed(part.realised, holding.realised);
    part.unrealised = addFixed(part.unrealised, unrealisedOf(holding));
  }
  for (const trade of trades) partOf(parts, nameOf(trade)).trades++;
  return parts;
}

function byTag(account: Account, trades: readonly Trade[]): Map<string | null, Part> {
  const parts = new Map<string | null, Part>();
  for (const trade of trades) {
    const part = partOf(parts, trade.entryTag);
    part.trades++;
    part.realised = addFixed(part.realised, { units: trade.pnl, scale: trade.moneyScale });
  }
  for (const { shares } of account.charges) {
    for (const [tag, amount] of shares)
      partOf(parts, tag).realised = addFixed(partOf(parts, tag).realised, amount);
  }
  for (const holding of account.everyHolding) {
    for (const lot of holding.lots.slice(holding.first)) {
      const part = partOf(parts, lot.tag);
      part.realised = addFixed(part.realised, { units: -lot.fees, scale: holding.feeScale });
      part.unrealised = addFixed(part.unrealised, lotGain(holding, lot));
    }
  }
  return parts;
}

function unrealisedOf(holding: Holding): Fixed {
  if (holding.quantity === 0n) return zero;
  return addFixed(holding.exactWorth(), { units: -holding.openCost, scale: holding.notionalScale });
}

/** Of linear contracts exactly; what inverse ones are rounded by stays with the account. */
function lotGain(holding: Holding, { quantity, price }: Lot): Fixed {
  const { instrument, priceScale, isLong } = holding;
  const gain = addFixed(holding.exactMark(), { units: -price, scale: priceScale });
  const size: Fixed = { units: isLong ? quantity : -quantity, scale: instrument.lot.scale };
  return multiplyFixed(multiplyFixed(size, gain), instrument.multiplier);
}

function partOf(parts: Map<string | null, Part>, name: string | null): Part {
  let part = parts.get(name);
  if (part === undefined) {
    part = { trades: 0, realised: zero, unrealised: zero };
    parts.set(name, part);
  }
  return part;
}

function sectionOf(parts: Map<string | null, Part>, gained: Fixed): readonly AttributionRecord[] {
  const records = [...parts].map(([name, { trades, realised, unrealised }]) => {
    const total = addFixed(realised, unrealised);
    return { name, trades, realised, unrealised, total };
  });
  const sum = records.reduce((all, { total }) => addFixed(all, total), zero);
  const rest = addFixed(gained, negateFixed(sum));
  if (rest.units !== 0n)
    records.push({ name: "account", trades: 0, realised: rest, unrealised: zero, total: rest });
  return records.map(({ name, trades, realised, unrealised, total }) => ({
    name,
    trades,
    realised: formatFixed(realised),
    unrealised: formatFixed(unrealised),
    total: formatFixed(total),
  }));
}
