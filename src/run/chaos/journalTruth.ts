import type { Command, Execution, OrderNumber, PlaceCommand } from "../../domain/execution.ts";
import { exitCommand } from "../../domain/execution.ts";
import { addFixed, type Fixed, negateFixed } from "../../domain/fixed.ts";
import type { OrderRecord } from "../../engine/orderBook.ts";
import type { RestoredOrders } from "../../execution/live/restored.ts";
import { SessionReader } from "../../store/sessionReader.ts";
import { unpackManifest } from "../session/manifest.ts";
import { loadStrategies, planSession } from "../session/plan.ts";
import { instrumentsIn, ReplayJournal, replay } from "../session/replay.ts";
import { SessionEngine } from "../session/sessionEngine.ts";
import { sessionId } from "../session/venueSide.ts";

/** What a session believes: all of it comes from its journal. */
export interface JournalTruth {
  /** Of the names of its orders at the venue. */
  readonly id: string;
  /** Orders that left, attached exits included. */
  readonly decided: ReadonlyMap<OrderNumber, PlaceCommand>;
  /** Of an attached exit, also of one that took the place of another: the order that it protects. */
  readonly entryOf: ReadonlyMap<OrderNumber, OrderNumber>;
  readonly fills: readonly Execution[];
  readonly open: readonly OrderRecord[];
  /** What an order manager would be told after a restart. */
  readonly known: RestoredOrders;
  readonly halted: string | null;
  /** How much there is more of each currency than at the start, below 0: less. */
  readonly changes: ReadonlyMap<string, Fixed>;
  /** Null: a replay decides the same, byte for byte. */
  readonly divergence: string | null;
}

/** @throws GeoSyncError GEO-SESSION when the journal can't be read, GEO-STRATEGY-… */
export async function journalTruth(stateDir: string, name: string): Promise<JournalTruth> {
  const store = await SessionReader.open(stateDir, name);
  try {
    const manifest = unpackManifest(store.header.config);
    const ensemble = await loadStrategies(manifest.settings);
    const instruments = instrumentsIn(store);
    const decided = new Map<OrderNumber, PlaceCommand>();
    const entryOf = new Map<OrderNumber, OrderNumber>();
    const fills: Execution[] = [];
    const plan = planSession(ensemble, {
      mode: "live",
      settings: manifest.settings,
      instruments,
      tradeFrom: manifest.tradeFrom,
      ticksArePrices: manifest.ticksArePrices,
      send: (command) => note(command, decided, entryOf),
      onFill: (fill) => fills.push(fill),
    });
    const journal = new ReplayJournal();
    const core = new SessionEngine(plan, journal);
    const { divergence, unrecorded, lastTime } = replay(store, instruments, core, journal);
    const changes = new Map(core.account.balances);
    const cash = addFixed(changes.get(core.account.currency)!, negateFixed(core.account.initialEquity));
    changes.set(core.account.currency, cash);
    return {
      id: sessionId(name, store.header.created),
      decided,
      entryOf,
      fills,
      open: core.orders.open,
      known: core.known,
      halted: core.risk.haltedBecause(lastTime),
      changes,
      divergence:
        divergence !== null
          ? `entry ${divergence.seq}: recorded ${divergence.recorded}, replayed ${divergence.replayed}`
          : unrecorded.length > 0
            ? `decisions after an orderly end: ${new TextDecoder().decode(unrecorded)}`
            : null,
    };
  } finally {
    store.close();
  }
}

const nothing = { kind: "quantity", units: 0n, mayShrink: false } as const;

function note(
  command: Command,
  decided: Map<OrderNumber, PlaceCommand>,
  entryOf: Map<OrderNumber, OrderNumber>,
): void {
  if (command.kind === "cancel") return;
  decided.set(command.number, command);
  const entry = command.replaces === null ? undefined : entryOf.get(command.replaces);
  if (entry !== undefined) entryOf.set(command.number, entry);
  for (const exit of command.exits) {
    decided.set(exit.number, exitCommand(command, exit, nothing));
    entryOf.set(exit.number, command.number);
  }
}
