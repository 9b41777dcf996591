import type { Json } from "../domain/signal.ts";
import type { Context } from "./contract.ts";

/** 1 long, -1 short, 0 flat. */
export type Direction = 1 | 0 | -1;

/** Follows opinions, symbol by symbol; saves which directions it has taken. */
export interface Follower {
  (symbol: string, opinion: Direction): void;
  save(): Json;
}

/**
 * Acts on a class's or vector's opinion, symbol by symbol, only when it changes. Opinions before the context is ready
 * are forgotten: their orders would be refused, and the direction would then count as taken.
 * @param saved what an earlier one saved
 */
export function createFollower(ctx: Context, saved: Json = []): Follower {
  const taken = new Map(saved as unknown as readonly (readonly [string, Direction])[]);
  const follow = (symbol: string, opinion: Direction) => {
    if (!ctx.ready) return;
    // A cash account has no shorts: below 0 means out.
    const wanted = opinion < 0 && ctx.account === "cash" ? 0 : opinion;
    if (wanted === (taken.get(symbol) ?? 0)) return;
    taken.set(symbol, wanted);
    if (wanted === 0) ctx.close({ symbol });
    else ctx.target({ symbol, fraction: wanted });
  };
  return Object.assign(follow, { save: (): Json => [...taken] });
}
