import { ValidationError } from "../domain/errors.ts";
import type { HaltDocument } from "../report/sessionSchema.ts";
import { HaltFile } from "../store/haltFile.ts";
import { resolveStateDir } from "../store/sessionFolder.ts";
import { describeSession, listSessions } from "../store/sessions.ts";
import type { HaltFlags } from "./halt.ts";
import type { Session } from "./session.ts";

type Halted = HaltDocument["sessions"][number];

/** @throws GeoSyncError GEO-USAGE, GEO-SESSION when the one named is not there */
export async function runHalt(name: string | undefined, flags: HaltFlags, session: Session): Promise<void> {
  refuseContradictions(name, flags);
  const stateDir = resolveStateDir(flags.stateDir, session.env, session.cwd);
  const found =
    name === undefined ? await listSessions(stateDir) : [(await describeSession(stateDir, name))[0]];
  const sessions = found.map(({ name, path, status }) => ({
    ...{ name, status },
    ...(flags.lift === true ? lift(path) : halt(path, flags)),
  }));
  if (flags.json === true) {
    const document: HaltDocument = { schema: "geosync.halt/1", stateDir, sessions };
    return session.print([JSON.stringify(document, null, 2), "\n"]);
  }
  const lines = sessions.map(textOf);
  await session.print([lines.length === 0 ? `no sessions in ${stateDir}\n` : `${lines.join("\n")}\n`]);
}

function refuseContradictions(name: string | undefined, { all, lift, flatten, because }: HaltFlags): void {
  if ((name === undefined) !== (all === true)) {
    const what = name === undefined ? "neither" : "both";
    throw new ValidationError("GEO-USAGE", `halt: expected the name of a session or --all, found ${what}`, {
      hint: "geosync sessions lists them.",
    });
  }
  if (lift === true && (flatten === true || because !== undefined)) {
    throw new ValidationError("GEO-USAGE", "halt --lift: expected no --flatten and no --because beside it");
  }
  if (because?.trim() === "")
    throw new ValidationError("GEO-OPTION-VALUE", "--because: expected a reason, found nothing");
}

function halt(
  path: string,
  { because = "by the user", flatten = false }: HaltFlags,
): Pick<Halted, "halted" | "changed"> {
  const file = new HaltFile(path);
  const before = file.read();
  const halted = { because: because.trim(), flatten };
  file.write(halted);
  return { halted, changed: before?.because !== halted.because || before.flatten !== flatten };
}

function lift(path: string): Pick<Halted, "halted" | "changed"> {
  return { halted: null, changed: new HaltFile(path).lift() };
}

function textOf({ name, status, halted, changed }: Halted): string {
  const when = status === "running" ? "at once" : "when it is started again";
  if (halted !== null) {
    const also = halted.flatten ? ", and everything it holds is closed" : "";
    return `${name}: halted (${halted.because}): ${when} nothing is opened any more${also}`;
  }
  return changed ? `${name}: may trade again, ${when}` : `${name}: was not halted`;
}
