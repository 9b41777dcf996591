import type { Api } from "./api.ts";
import { ask, onSubmit } from "./dialogs.ts";
import { byId, say } from "./dom.ts";
import type { Status } from "./wire.ts";

/** Halts behind a confirmation, and lets it go on again behind another. */
export class KillSwitch {
  readonly #api: Api;
  readonly #onStatus: (status: Status) => void;
  readonly #dialog = byId<HTMLDialogElement>("killDialog");

  constructor(api: Api, onStatus: (status: Status) => void) {
    this.#api = api;
    this.#onStatus = onStatus;
    byId("kill").addEventListener("click", () => this.#open());
    byId("resume").addEventListener("click", () => this.#askToResume());
    byId("killCancel").addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("change", () => {
      say(byId("killConfirm"), this.#flattens ? "Halt and close everything" : "Halt");
    });
  }

  show({ halted_because }: Status): void {
    byId("resume").hidden = halted_because === null;
  }

  get #flattens(): boolean {
    return this.#dialog.querySelector<HTMLInputElement>("[name=flatten]:checked")?.value === "yes";
  }

  #open(): void {
    this.#dialog.querySelector("form")!.reset();
    say(byId("killConfirm"), "Halt");
    onSubmit(this.#dialog, "killError", async () => {
      const reason = byId<HTMLInputElement>("killReason").value.trim();
      this.#onStatus(await this.#api.halt(reason, this.#flattens));
    });
    this.#dialog.showModal();
  }

  #askToResume(): void {
    ask({
      title: "Resume trading?",
      text: "New orders are taken again. Limits of the risk policy may halt it anew.",
      yes: "Resume",
      act: async () => this.#onStatus(await this.#api.resume()),
    });
  }
}
