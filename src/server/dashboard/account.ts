import { byId, make, mark, say } from "./dom.ts";
import { directionOf, gainText, moneyText, shareText, signedShareText } from "./format.ts";
import type { Equity } from "./wire.ts";

interface Figure {
  readonly label: string;
  text(equity: Equity): string;
  /** What its colour follows. */
  tone?(equity: Equity): string | number;
}

const figures: readonly Figure[] = [
  { label: "Equity", text: ({ equity, currency }) => `${moneyText(equity)} ${currency}` },
  {
    label: "Profit and loss",
    text: (equity) => `${gainText(profitOf(equity))} ${returnText(equity)}`,
    tone: profitOf,
  },
  {
    label: "Unrealized",
    text: ({ unrealized_pnl }) => gainText(unrealized_pnl),
    tone: ({ unrealized_pnl }) => unrealized_pnl,
  },
  {
    label: "Realized",
    text: ({ realized_pnl }) => gainText(realized_pnl),
    tone: ({ realized_pnl }) => realized_pnl,
  },
  {
    label: "Drawdown",
    text: ({ drawdown }) => (drawdown === null ? "–" : shareText(drawdown)),
    tone: ({ drawdown }) => drawdown ?? 0,
  },
  {
    label: "Max drawdown",
    text: ({ max_drawdown }) => shareText(max_drawdown),
    tone: ({ max_drawdown }) => max_drawdown,
  },
];

/** The account in six figures. */
export class AccountStrip {
  readonly #values: readonly HTMLElement[];

  constructor() {
    this.#values = figures.map(() => make("dd", {}, "–"));
    byId("account").append(
      ...figures.map(({ label }, i) => make("div", {}, make("dt", {}, label), this.#values[i]!)),
    );
  }

  show(equity: Equity): void {
    figures.forEach(({ text, tone }, i) => {
      say(this.#values[i]!, text(equity));
      if (tone !== undefined) mark(this.#values[i]!, "direction", directionOf(tone(equity)));
    });
  }
}

/** For the eye: the session says its parts exactly. */
function profitOf({ equity, initial_equity }: Equity): string {
  return (Number(equity) - Number(initial_equity)).toFixed(8);
}

function returnText({ equity, initial_equity }: Equity): string {
  const initial = Number(initial_equity);
  return initial > 0 ? `(${signedShareText(Number(equity) / initial - 1)})` : "";
}
