import { GeoSyncError } from "../../domain/errors.ts";

/** So many calls a second from one address. */
export class CallBudget {
  readonly #perSecond: number;
  #second = 0;
  readonly #calls = new Map<string, number>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** @throws GeoSyncError GEO-LIMITED */
  spend(address: string): void {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#calls.clear();
    }
    const calls = (this.#calls.get(address) ?? 0) + 1;
    this.#calls.set(address, calls);
    if (calls <= this.#perSecond) return;
    throw new GeoSyncError("GEO-LIMITED", `more than ${this.#perSecond} calls within a second`);
  }
}
