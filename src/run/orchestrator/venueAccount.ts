import { Decimal } from "../../domain/decimal.ts";
import { addFixed, type Fixed, multiplyFixed, unitsToNumber, zero } from "../../domain/fixed.ts";
import { type Instrument, snapQuantity, unitValue } from "../../domain/instrument.ts";
import type { ExecutionAdapter } from "../../domain/ports.ts";
import type { Position } from "../../domain/position.ts";
import type { RiskAccount, RiskHolding } from "../../engine/exposure.ts";
import { fixedOf } from "../../execution/paperOrders.ts";

/** What a venue says is held, as the risk policy looks at accounts. */
export class VenueAccount implements RiskAccount {
  readonly kind: RiskAccount["kind"];
  readonly holdings = new Map<Instrument, VenueHolding>();
  #positions: ReadonlyMap<string, Position> = new Map();
  #balance: Readonly<Record<string, Decimal>> = {};

  constructor(kind: RiskAccount["kind"]) {
    this.kind = kind;
  }

  /** Asks anew. Positions in symbols not traded here yet count, too. */
  async refresh(
    adapter: ExecutionAdapter,
    instrumentOf: (symbol: string) => Promise<Instrument>,
  ): Promise<void> {
    const [positions, balance] = await Promise.all([adapter.getPositions(), adapter.getBalance()]);
    const instruments = await Promise.all(positions.map(({ symbol }) => instrumentOf(symbol)));
    this.#positions = new Map(positions.map((position) => [position.symbol, position]));
    this.#balance = balance;
    for (const instrument of instruments) this.holdingOf(instrument);
    for (const holding of this.holdings.values())
      holding.hold(this.#positions.get(holding.instrument.symbol));
  }

  holdingOf(instrument: Instrument): VenueHolding {
    let holding = this.holdings.get(instrument);
    if (holding === undefined) {
      holding = new VenueHolding(instrument);
      holding.hold(this.#positions.get(instrument.symbol));
      this.holdings.set(instrument, holding);
    }
    return holding;
  }

  get positions(): readonly Position[] {
    return [...this.#positions.values()];
  }

  equity(): number {
    const { units, scale } = this.exactEquity();
    return unitsToNumber(units, scale);
  }

  /** Of the currency that the first symbol settles in: its balance and what is held in it, at the last prices. */
  exactEquity(): Fixed {
    const [first] = this.holdings.keys();
    if (first === undefined) return zero;
    let equity = fixedOf(this.#balance[first.settle] ?? new Decimal(0));
    for (const holding of this.holdings.values()) {
      if (holding.instrument.settle === first.settle) equity = addFixed(equity, holding.worth());
    }
    return equity;
  }
}

class VenueHolding implements RiskHolding {
  readonly instrument: Instrument;
  quantity = 0n;
  position: Position | null = null;
  #mark: Fixed | null = null;

  constructor(instrument: Instrument) {
    this.instrument = instrument;
  }

  get hasPrice(): boolean {
    return this.#mark !== null;
  }

  exactMark(): Fixed {
    return this.#mark!;
  }

  mark(price: Fixed): void {
    this.#mark = price;
  }

  hold(position: Position | undefined): void {
    this.position = position ?? null;
    this.quantity = position === undefined ? 0n : snapQuantity(this.instrument, fixedOf(position.quantity));
    if (position?.currentPrice.gt(0)) this.#mark = fixedOf(position.currentPrice);
  }

  /** Of a contract nothing was paid: what it has gained is what it is worth. */
  worth(): Fixed {
    if (this.position === null || this.#mark === null) return zero;
    if (this.instrument.contract) return fixedOf(this.position.unrealizedPnl);
    const size: Fixed = { units: this.quantity, scale: this.instrument.lot.scale };
    return multiplyFixed(size, unitValue(this.instrument, this.#mark));
  }
}
