import type { Fixed } from "../domain/fixed.ts";
import type { Holding } from "./holding.ts";

/**
 * `amount` shared out over the tags of the open lots by what each holds. The parts sum to the whole: each is cut to the
 * amount's decimals, the tag of the newest lot takes the remainder.
 */
export function sharesByTag(holding: Holding, amount: Fixed): ReadonlyMap<string | null, Fixed> {
  const { lots, first } = holding;
  const held = new Map<string | null, bigint>();
  let total = 0n;
  for (let i = first; i < lots.length; i++) {
    const { tag, quantity } = lots[i]!;
    held.set(tag, (held.get(tag) ?? 0n) + quantity);
    total += quantity;
  }
  const newest = lots[lots.length - 1]!.tag;
  const shares = new Map<string | null, Fixed>();
  let rest = amount.units;
  for (const [tag, quantity] of held) {
    if (tag === newest) continue;
    const units = (amount.units * quantity) / total;
    shares.set(tag, { units, scale: amount.scale });
    rest -= units;
  }
  return shares.set(newest, { units: rest, scale: amount.scale });
}
