import type { Ledger } from "./ledger.ts";

type Send<C> = (command: C) => void;

interface Points<C, L extends Ledger> {
  readonly store: L;
  readonly send: Send<C>;
}

/** Environment variable that names where the process is to die: `before-commit:3`, `after-send:1`, … */
export const killVariable = "GEOSYNC_CHAOS_KILL_AT";
export const killPoints = ["before-commit", "after-commit", "before-send", "after-send"] as const;
export type KillPoint = (typeof killPoints)[number];

/**
 * For `geosync chaos`: the process dies without a word right before, or right after, the n-th commit that wrote
 * something, or the n-th command that leaves. Without the variable, what is given is what comes back.
 */
export function withKillPoint<C, L extends Ledger>(
  points: Points<C, L>,
  text = process.env[killVariable],
): Points<C, L> {
  const [, point, count] = /^([a-z-]+):([1-9]\d*)$/.exec(text ?? "") ?? [];
  if (!killPoints.some((one) => one === point)) return points;
  let left = Number(count);
  const reached = (one: KillPoint) => {
    if (one === point && --left === 0) process.kill(process.pid, "SIGKILL");
  };
  const { store, send } = points;
  let pending = false;
  const committing = (commit: () => void) => {
    if (pending) reached("before-commit");
    commit();
    if (pending) reached("after-commit");
    pending = false;
  };
  const watched: Pick<Ledger, "append" | "commit" | "commitSoon"> = {
    append(kind, time, payload) {
      pending = true;
      return store.append(kind, time, payload);
    },
    commit: () => committing(() => store.commit()),
    commitSoon: () => committing(() => store.commitSoon()),
  };
  return {
    store: new Proxy(store, { get: (whole, name) => memberOf(name in watched ? watched : whole, name) }),
    send(command) {
      reached("before-send");
      send(command);
      reached("after-send");
    },
  };
}

function memberOf(whole: object, name: string | symbol): unknown {
  const member: unknown = Reflect.get(whole, name, whole);
  return typeof member === "function" ? member.bind(whole) : member;
}
