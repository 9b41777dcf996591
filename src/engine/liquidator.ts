import type { Account } from "../account/account.ts";
import { numberAt } from "../domain/columns.ts";
import { liquidationTag } from "../domain/execution.ts";
import type { Instant } from "../domain/market.ts";
import type { Seat } from "./seat.ts";

/**
 * Closes positions by force when equity no longer covers the maintenance margin, as venues do: everything open is
 * cancelled, then the position that needs the most margin is closed at the next price, one after the other.
 */
export class Liquidator {
  count = 0;
  readonly #account: Account;
  readonly #seats: readonly Seat[];

  constructor(account: Account, seats: readonly Seat[]) {
    this.#account = account;
    this.#seats = seats;
  }

  /** After the instant's prices are marked. A bar is judged by its worst price, too: the venue saw it. */
  look(instant: Instant): void {
    if (!this.#account.hasPosition) return;
    if (!this.#account.margin.isBelowMaintenance() && !this.#isBelowAtWorst(instant)) return;
    const holding = this.#account.margin.firstToLiquidate();
    if (holding === null) return;
    const { desk, markets } = this.#seats[holding.owner]!;
    if (desk.isClosing(holding.instrument, liquidationTag)) return;
    for (const seat of this.#seats) seat.desk.cancelAll(null);
    if (desk.closePosition(markets.of(holding.instrument), liquidationTag) !== null) this.count++;
  }

  #isBelowAtWorst({ events, count }: Instant): boolean {
    for (let i = 0; i < count; i++) {
      const { chunk, row } = events[i]!;
      if (chunk.kind !== "bar" || chunk.hidden === true) continue;
      for (const { markets } of this.#seats) {
        const { holding } = markets.at(chunk, row);
        if (holding.isFlat) continue;
        const column = holding.isLong ? chunk.low : chunk.high;
        const { margin } = this.#account;
        const worst = numberAt(column, row);
        if (holding.whileMarkedAt(column, row, worst, () => margin.isBelowMaintenance())) return true;
      }
    }
    return false;
  }
}
