import { Account } from "../account/account.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { RiskAccount } from "../engine/exposure.ts";
import type { Market } from "../engine/market.ts";
import { NetAccount } from "../engine/netAccount.ts";
import type { CostModels } from "../execution/costs/costModels.ts";
import { realizedVolatility } from "../execution/costs/realizedVolatility.ts";
import { SimulatedVenue } from "../execution/simulatedVenue.ts";
import type { SimulationSettings } from "./options.ts";

/** What every run is made of, whatever its mode. */
export function accountOf(settings: SimulationSettings, currency: string): Account {
  const { account: kind, cash, leverage, maintenanceMargin, liquidationFee, borrowRate, debtRate } = settings;
  const interest = { borrow: borrowRate, debt: debtRate };
  return new Account({
    kind,
    currency,
    cash,
    leverage,
    maintenance: maintenanceMargin,
    liquidationFee,
    interest,
  });
}

/** @param markets those of the engine, which is made after its venue */
export function simulatedVenueOf(
  { fillLimit, entryBar, volumeLimit: volumeShare }: SimulationSettings,
  { fees, slippage }: Pick<CostModels, "fees" | "slippage">,
  account: Account,
  markets: () => ReadonlyMap<Instrument, Market>,
): SimulatedVenue {
  const volatilityOf = (instrument: Instrument) => realizedVolatility(markets().get(instrument)!.closes);
  return new SimulatedVenue({ account, fees, slippage, volatilityOf, fillLimit, entryBar, volumeShare });
}

/** Limits hold for what all strategies hold together. */
export function riskView(strategies: number, account: Account): RiskAccount {
  return strategies === 1 ? account : new NetAccount(account);
}
