import type { Amount } from "./amount.ts";

interface Pocket {
  free: Amount;
  locked: Amount;
}

/** What an account has of each asset, free and locked by its open orders. Neither ever goes below 0. */
export class Wallet {
  readonly #pockets = new Map<string, Pocket>();
  /** Assets that changed since the last look. */
  readonly #changed = new Set<string>();

  free(asset: string): Amount {
    return this.#pockets.get(asset)?.free ?? 0n;
  }

  locked(asset: string): Amount {
    return this.#pockets.get(asset)?.locked ?? 0n;
  }

  get assets(): readonly string[] {
    return [...this.#pockets.keys()].sort();
  }

  deposit(asset: string, amount: Amount): void {
    this.#change(asset, amount, 0n);
  }

  /** From free to locked; back, below 0. */
  lock(asset: string, amount: Amount): void {
    if (amount !== 0n) this.#change(asset, -amount, amount);
  }

  spend(asset: string, amount: Amount): void {
    this.#change(asset, -amount, 0n);
  }

  takeChanged(): readonly string[] {
    const assets = [...this.#changed];
    this.#changed.clear();
    return assets;
  }

  set(asset: string, free: Amount, locked: Amount): void {
    this.#pockets.set(asset, { free, locked });
  }

  #change(asset: string, free: Amount, locked: Amount): void {
    let pocket = this.#pockets.get(asset);
    if (pocket === undefined) {
      pocket = { free: 0n, locked: 0n };
      this.#pockets.set(asset, pocket);
    }
    pocket.free += free;
    pocket.locked += locked;
    this.#changed.add(asset);
    if (pocket.free < 0n || pocket.locked < 0n) {
      throw new RangeError(`${asset}: ${pocket.free} free and ${pocket.locked} locked: one is below 0`);
    }
  }
}
