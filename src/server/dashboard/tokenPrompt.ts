import { type Api, ApiError } from "./api.ts";
import { onSubmit } from "./dialogs.ts";
import { byId, say } from "./dom.ts";

/** Asks for a token until one is let in. */
export function askForToken(api: Api, onLetIn: () => void): void {
  const dialog = byId<HTMLDialogElement>("tokenDialog");
  if (dialog.open) return;
  const input = byId<HTMLInputElement>("token");
  input.value = "";
  // There is nothing to look at without one.
  dialog.oncancel = (event) => event.preventDefault();
  onSubmit(dialog, "tokenError", async () => {
    api.token = input.value.trim();
    await api.status().catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 401) api.token = null;
      throw error;
    });
    input.value = "";
    onLetIn();
  });
  if (api.token !== null) say(byId("tokenError"), "The token that was given is not valid any more.");
  dialog.showModal();
}
