import type { Random } from "../../domain/random.ts";

/** Plans of the local exchange (docs/venue.md), as they are sent to it. */
export interface FaultPlan {
  readonly seed: number;
  readonly requests: readonly object[];
  readonly streams: readonly object[];
  readonly clock: { readonly offsetMs: number; readonly driftPpm: number };
}

export const noFaults: FaultPlan = {
  seed: 1,
  requests: [],
  streams: [],
  clock: { offsetMs: 0, driftPpm: 0 },
};

type Part = Partial<Omit<FaultPlan, "seed">>;

/** What places and cancels orders, by either way. */
const orders = [
  { method: "POST", path: "/api/v3/order*" },
  { method: "DELETE", path: "/api/v3/order*" },
  { method: "WS", path: "order*" },
];
const anything = [{ path: "/api/v3/*" }, { method: "WS", path: "*" }];

const on = (targets: readonly object[], picked: object, fault: object): Part => ({
  requests: targets.map((target) => ({ ...target, ...picked, fault })),
});
const toUser = (picked: object, fault: object): Part => ({ streams: [{ stream: "user", ...picked, fault }] });
const toMarket = (picked: object, fault: object): Part => ({
  streams: [{ stream: "*@*", ...picked, fault }],
});

/** Each of them alone is a bad day. */
const menu: readonly ((random: Random) => Part)[] = [
  // Accepted, and the answer never comes, or long after anybody waits for it.
  () => on(orders, { probability: 0.3 }, { kind: "cut", when: "after" }),
  (random) => on(orders, { probability: 0.2 }, { kind: "delay", when: "after", ms: 500 + 11_000 * random() }),
  // On its way for long, handled late.
  (random) => on(orders, { probability: 0.2 }, { kind: "delay", when: "before", ms: 200 + 3000 * random() }),
  () => on(orders, { probability: 0.3 }, { kind: "cut", when: "before" }),
  () => on(orders, { probability: 0.3 }, { kind: "status", status: 504, when: "after" }),
  () => on(anything, { probability: 0.1 }, { kind: "status", status: 503 }),
  () => on(anything, { probability: 0.05 }, { kind: "status", status: 500, when: "after" }),
  () => on(anything, { probability: 0.1 }, { kind: "truncate", keep: 0.5 }),
  () => on(anything, { probability: 0.2 }, { kind: "delay", ms: 150 }),
  () => on(anything, { probability: 0.05 }, { kind: "slow", ms: 400 }),
  () => on(anything, { probability: 0.03 }, { kind: "status", status: 429, retryAfterSeconds: 1 }),
  () => on(orders, { nth: [5], times: 1 }, { kind: "ban", seconds: 2 }),
  () => toUser({ probability: 0.3 }, { kind: "drop" }),
  () => toUser({ probability: 0.4 }, { kind: "duplicate" }),
  (random) => toUser({ probability: 0.4 }, { kind: "late", ms: 100 + 2000 * random() }),
  () => toUser({ probability: 0.4 }, { kind: "reorder" }),
  () => toUser({ nth: [3] }, { kind: "stall" }),
  () => toUser({ every: 7 }, { kind: "cut" }),
  () => toUser({ nth: [4] }, { kind: "terminate" }),
  () => toMarket({ probability: 0.2 }, { kind: "drop" }),
  () => toMarket({ probability: 0.2 }, { kind: "duplicate" }),
  () => toMarket({ probability: 0.2 }, { kind: "reorder" }),
  () => toMarket({ every: 40 }, { kind: "cut" }),
  () => toMarket({ nth: [20] }, { kind: "stall", ms: 2000 }),
  (random) => ({ clock: { offsetMs: Math.round(1600 * (random() - 0.5)), driftPpm: 200 * random() } }),
];

/** One to four of them at once. */
export function faultsOf(random: Random, seed: number): FaultPlan {
  const count = 1 + Math.floor(random() * 4);
  const parts = Array.from({ length: count }, () => menu[Math.floor(random() * menu.length)]!(random));
  return {
    seed,
    requests: parts.flatMap(({ requests = [] }) => requests),
    streams: parts.flatMap(({ streams = [] }) => streams),
    clock: parts.findLast(({ clock }) => clock !== undefined)?.clock ?? noFaults.clock,
  };
}
