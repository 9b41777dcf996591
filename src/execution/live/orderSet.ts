import type { OrderNumber, PlaceCommand } from "../../domain/execution.ts";
import { type Fixed, zero } from "../../domain/fixed.ts";
import { type Instrument, snapQuantity } from "../../domain/instrument.ts";
import type { OrderId } from "../../domain/order.ts";
import type { OwnTrade, VenueAbilities } from "../../domain/ports.ts";
import type { ClientIds } from "./clientIds.ts";
import { ExitPair } from "./exitPair.ts";
import type { Leg } from "./leg.ts";
import { Single } from "./single.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Track } from "./track.ts";
import type { Unit } from "./unit.ts";

/** Ended orders that are remembered for news that come late. */
const endedKept = 500;
const idsKept = 4000;

/** The orders of the session that matter still, and what they are found by. */
export class OrderSet implements Surroundings {
  readonly abilities: VenueAbilities;
  readonly moveEveryMs: number;
  readonly ids: ClientIds;
  readonly #mostStops: (symbol: string) => number | null;
  readonly #tracks = new Map<OrderNumber, Track>();
  readonly #byId = new Map<OrderId, { readonly track: Track; readonly leg: Leg }>();
  readonly #held = new Map<string, Fixed>();
  readonly #prices = new Map<string, Fixed>();
  #units: Unit[] = [];

  /** @param mostStops how many orders with a stop the venue lets stand of a symbol; null: as many as one likes */
  constructor(
    abilities: VenueAbilities,
    ids: ClientIds,
    moveEveryMs: number,
    mostStops: (symbol: string) => number | null,
  ) {
    this.abilities = abilities;
    this.#mostStops = mostStops;
    this.ids = ids;
    this.moveEveryMs = moveEveryMs;
  }

  get units(): readonly Unit[] {
    return this.#units;
  }
  get tracks(): Iterable<Track> {
    return this.#tracks.values();
  }

  addTrack(track: Track): void {
    this.#tracks.set(track.number, track);
  }

  addUnit(unit: Unit): void {
    this.#units.push(unit);
    this.#units.sort((a, b) => a.number - b.number);
  }

  /** Of an order whose news came after it was done with. */
  revive(track: Track): void {
    if (!this.#units.some(({ tracks }) => tracks.includes(track))) this.addUnit(new Single(track, this));
  }

  /** Of orders that are over, the last ones are remembered: their news may come late. */
  dropOver(): void {
    if (this.#units.some((unit) => unit.isOver && !unit.busy))
      this.#units = this.#units.filter((unit) => !unit.isOver || unit.busy);
    this.#forget();
  }

  track(number: OrderNumber): Track | undefined {
    return this.#tracks.get(number);
  }

  pairOf(entry: Track): ExitPair | undefined {
    for (const unit of this.#units) if (unit instanceof ExitPair && unit.entry === entry) return unit;
    return undefined;
  }

  /** The venue's own id of an order at the venue, for trades that carry no name. */
  learnId(id: OrderId, track: Track, leg: Leg): void {
    if (this.#byId.has(id) || id === "") return;
    this.#byId.set(id, { track, leg });
    if (this.#byId.size > idsKept) this.#byId.delete(this.#byId.keys().next().value!);
  }

  /** Whose trade it is; `foreign` when it is nobody's here, null when that can't be told yet. */
  ownerOf(trade: Pick<OwnTrade, "clientId" | "orderId">): Track | "foreign" | null {
    const named = this.ids.parse(trade.clientId);
    if (named !== null) return this.#tracks.get(named.number) ?? "foreign";
    const found = this.#byId.get(trade.orderId);
    if (found !== undefined) return found.track;
    return trade.clientId === null ? null : "foreign";
  }

  /** The order at the venue that a trade of `track` filled, when it is the one that is known. */
  legOf(track: Track, trade: Pick<OwnTrade, "clientId" | "orderId">): Leg | null {
    const found = this.#byId.get(trade.orderId);
    if (found !== undefined) return found.leg;
    const named = this.ids.parse(trade.clientId);
    return named !== null && track.leg?.terms.generation === named.generation ? track.leg : null;
  }

  /** An order of the symbol whose id at the venue is not known yet may be that of a trade without a name. */
  hasUnsettled(symbol: string): boolean {
    return this.#units.some((unit) => {
      return unit.symbol === symbol && unit.tracks.some(({ leg }) => leg !== null && isUnsettled(leg));
    });
  }

  price({ symbol }: Instrument): Fixed | null {
    return this.#prices.get(symbol) ?? null;
  }
  setPrice(symbol: string, price: Fixed): void {
    this.#prices.set(symbol, price);
  }

  exactlyHeld(symbol: string): Fixed {
    return this.#held.get(symbol) ?? zero;
  }
  setHeld(symbol: string, held: Fixed): void {
    this.#held.set(symbol, held);
  }
  held(instrument: Instrument): bigint {
    return snapQuantity(instrument, this.exactlyHeld(instrument.symbol));
  }

  heldBack(instrument: Instrument): bigint {
    let sum = 0n;
    for (const unit of this.#pairs(instrument)) {
      const legs = unit.tracks.flatMap(({ leg }) => (leg === null || leg.isDone ? [] : [leg.rest]));
      // Stop and target hold back the same.
      sum += legs.reduce((most, rest) => (rest > most ? rest : most), 0n);
    }
    return sum;
  }

  restingToClose({ instrument, side }: PlaceCommand, kind: "protective" | "other"): bigint {
    if (instrument.contract || side === "sell") return 0n;
    let sum = 0n;
    for (const track of this.#resting(instrument))
      if (track.isProtective === (kind === "protective")) sum += restOf(track);
    return sum;
  }

  isKept({ instrument, side }: PlaceCommand, units: bigint): boolean {
    if (instrument.contract || side === "buy") return false;
    const { kept, spare } = this.#shares(instrument);
    let others = 0n;
    for (const track of this.#resting(instrument)) if (!track.isProtective) others += restOf(track);
    return kept > 0n && spare - others < units;
  }

  mustYield(track: Track): boolean {
    const { instrument, side, timeInForce } = track.command;
    if (instrument.contract || track.isProtective || track.leg === null || track.ended) return false;
    const pairs = this.#pairs(instrument);
    if (pairs.length === 0) return false;
    if (isStop(track.command) && pairs.some(({ needs }) => needs === "room")) return true;
    if (side === "buy" || timeInForce === "IOC" || timeInForce === "FOK") return false;
    if (track.command.type === "market") return false;
    if (pairs.some(({ needs }) => needs === "coins")) return true;
    // Those that came first stay as long as there is something for them.
    let { spare } = this.#shares(instrument);
    for (const one of this.#resting(instrument)) {
      if (one.isProtective) continue;
      if (restOf(one) <= spare) spare -= restOf(one);
      else if (one === track) return true;
    }
    return false;
  }

  isMakingRoom({ symbol }: Instrument): boolean {
    return this.#units.some((unit) => {
      if (!(unit instanceof Single) || unit.symbol !== symbol || unit.isOver) return false;
      return unit.track.cancel === "cancelled:for-stop" || this.mustYield(unit.track);
    });
  }

  hasRoomForStop(command: PlaceCommand): boolean {
    const { symbol } = command.instrument;
    const most = this.#mostStops(symbol);
    if (most === null || !(isStop(command) || command.exits.some(({ role }) => role === "stopLoss")))
      return true;
    const taken = this.#units.filter((unit) => {
      return unit.symbol === symbol && unit.number < command.number && !unit.isOver && this.#hasStop(unit);
    });
    return taken.length < most;
  }

  /** A stop of its entry's own is gone by the time that its exits stand there. */
  #hasStop(unit: Unit): boolean {
    if (unit instanceof Single && this.pairOf(unit.track) !== undefined) return false;
    return unit.tracks.some((track) => isStop(track.command) && !track.isOver);
  }

  /** What exits need of the holding, and what they and stops of their own leave. */
  #shares(instrument: Instrument): { readonly kept: bigint; readonly spare: bigint } {
    let [wanted, kept] = [0n, 0n];
    for (const pair of this.#pairs(instrument)) {
      kept += pair.keptAfter(wanted);
      wanted += pair.wantedAfter(wanted);
    }
    let spare = this.held(instrument) - kept;
    for (const track of this.#resting(instrument)) if (track.isProtective) spare -= restOf(track);
    return { kept, spare };
  }

  /** Orders of their own that sell, and wait at the venue, or are on their way there. */
  *#resting({ symbol }: Instrument): Generator<Track> {
    for (const unit of this.#units) {
      if (!(unit instanceof Single) || unit.symbol !== symbol) continue;
      const { command, leg, ended } = unit.track;
      if (command.side === "sell" && command.type !== "market" && leg !== null && !ended) yield unit.track;
    }
  }

  isClaimed(instrument: Instrument): boolean {
    return this.#units.some((unit) => {
      return unit instanceof Single && unit.claims && !unit.isOver && unit.symbol === instrument.symbol;
    });
  }

  protectedBefore(instrument: Instrument, number: number): bigint {
    let sum = 0n;
    for (const pair of this.#pairs(instrument)) if (pair.number < number) sum += pair.wantedAfter(sum);
    return sum;
  }

  #pairs({ symbol }: Instrument): readonly ExitPair[] {
    return this.#units.filter((unit): unit is ExitPair => unit instanceof ExitPair && unit.symbol === symbol);
  }

  #forget(): void {
    let excess = this.#tracks.size - endedKept;
    if (excess <= 0) return;
    const used = new Set(this.#units.flatMap(({ tracks }) => tracks));
    for (const { entry, replaced } of [...used]) {
      if (entry !== null) used.add(entry);
      if (replaced !== null) used.add(replaced);
    }
    for (const track of this.#tracks.values()) {
      if (excess <= 0) return;
      if (used.has(track) || !track.isOver) continue;
      this.#tracks.delete(track.number);
      excess--;
    }
  }
}

/** While it moves it has none standing for a moment; its share stays its own. */
function restOf({ total, filled, leg }: Track): bigint {
  return total === null ? leg!.rest : total - filled;
}

function isStop({ type }: PlaceCommand): boolean {
  return type === "stop" || type === "stop_limit";
}

function isUnsettled({ state, id }: Leg): boolean {
  return state === "sending" || state === "doubt" || (state === "open" && id === null);
}
