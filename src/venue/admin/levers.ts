import type { Fixed } from "../../domain/fixed.ts";
import type { Exchange } from "../contract.ts";

/** What an exchange can be made to do beside what its clients ask; one that cannot says so. */
export interface Levers {
  /** Gives an account so much of an asset, or takes it (below 0). @throws VenueError when it has less */
  deposit(account: string, asset: string, amount: Fixed): void;
  /** The market trades at this price now. */
  setPrice(symbol: string, price: Fixed): void;
}

/** @throws Error naming the lever that this exchange lacks */
export function leverOf<K extends keyof Levers>(exchange: Exchange, name: K): Levers[K] {
  const lever = (exchange as Exchange & Partial<Levers>)[name];
  if (lever !== undefined) return lever.bind(exchange) as Levers[K];
  throw new Error(`this exchange has no ${name}`);
}
