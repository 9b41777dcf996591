import { reasonOf } from "./api.ts";
import { byId, say } from "./dom.ts";

export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button that does it says. */
  readonly yes: string;
  /** Rejects: the dialog stays, and says why. */
  act(): Promise<unknown>;
}

/** Asks before something is done. The way back has the focus; Esc is a no. */
export function ask({ title, text, yes, act }: Question): void {
  const dialog = byId<HTMLDialogElement>("askDialog");
  say(byId("askTitle"), title);
  say(byId("askText"), text);
  say(byId("askYes"), yes);
  byId("askNo").onclick = () => dialog.close();
  onSubmit(dialog, "askError", act);
  dialog.showModal();
}

/** Does it once at a time, closes the dialog when it is done, and says in it when it is not. */
export function onSubmit(dialog: HTMLDialogElement, errorId: string, act: () => Promise<unknown>): void {
  const form = dialog.querySelector("form")!;
  const error = byId(errorId);
  say(error, "");
  let isBusy = false;
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    try {
      await act();
      dialog.close();
    } catch (failure) {
      say(error, reasonOf(failure));
    } finally {
      isBusy = false;
    }
  };
}
