import type { Approved, CancelCommand, PlaceCommand } from "../domain/execution.ts";
import type { Millis } from "../domain/time.ts";

/** A replacement, and what had been filled in the place it takes when it was sent. */
export interface Replacement {
  readonly command: Approved<PlaceCommand>;
  readonly filledBefore: bigint;
}

export type Message = CancelCommand | Replacement;

const none: readonly Message[] = [];

/**
 * Cancels and replacements on their way to the venue, in the order in which they were sent: prices formed before one
 * arrives may still fill the order that it is for.
 */
export class InFlight {
  #messages: readonly Message[] = none;

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  add(message: Message): void {
    this.#messages = [...this.#messages, message];
  }

  save(): readonly Message[] {
    return this.#messages;
  }

  load(messages: readonly Message[]): void {
    this.#messages = messages;
  }

  /** Those that have arrived by `time`, taken out. */
  arrivedBy(time: Millis): readonly Message[] {
    const arrived = this.#messages.filter((message) => arrivalOf(message) <= time);
    if (arrived.length > 0) this.#messages = this.#messages.filter((message) => !arrived.includes(message));
    return arrived;
  }

  /** The order at the venue whose place will be that of order `number`: itself, unless it is on its way. */
  placeOf(number: number): number {
    for (const message of this.#messages) {
      if ("command" in message && message.command.number === number)
        return this.placeOf(message.command.replaces!);
    }
    return number;
  }

  /** The replacement with that order number, taken out; null when none is under way. */
  takeReplacement(number: number): Replacement | null {
    for (const message of this.#messages) {
      if (!("command" in message) || message.command.number !== number) continue;
      this.#messages = this.#messages.filter((other) => other !== message);
      return message;
    }
    return null;
  }
}

function arrivalOf(message: Message): Millis {
  return "command" in message ? message.command.activeFrom : message.activeFrom;
}
