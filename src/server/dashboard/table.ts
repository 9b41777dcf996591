import { make } from "./dom.ts";

export interface Column<Row> {
  readonly label: string;
  /** Right-aligned. */
  readonly isNumber?: boolean;
  /** Writes the row's cell, which may hold what it held for the row before. */
  fill(cell: HTMLElement, row: Row): void;
}

export interface TableOptions<Row> {
  /** For those who don't see where it stands. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  keyOf(row: Row): string;
  /** Said when there is nothing to show. */
  readonly empty: string;
}

/** A table whose rows stay the elements they are while their contents change: focus and selections survive. */
export class Table<Row> {
  readonly #options: TableOptions<Row>;
  readonly #table: HTMLElement;
  readonly #body: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #rows = new Map<string, HTMLElement>();

  constructor(host: HTMLElement, options: TableOptions<Row>) {
    this.#options = options;
    const heads = options.columns.map(({ label, isNumber }) =>
      make("th", { scope: "col", class: isNumber ? "number" : undefined, role: "columnheader" }, label),
    );
    this.#body = make("tbody", { role: "rowgroup" });
    // On a phone rows are laid out as cards: the roles keep it a table for screen readers.
    this.#table = make(
      "table",
      { class: "rows", role: "table", hidden: true },
      make("caption", { class: "sr" }, options.caption),
      make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...heads)),
      this.#body,
    );
    this.#empty = make("p", { class: "empty" }, options.empty);
    // What scrolls by itself must be reachable by those who have no mouse.
    if (host.classList.contains("scroll")) host.tabIndex = 0;
    host.append(this.#empty, this.#table);
  }

  show(rows: readonly Row[]): void {
    this.#empty.hidden = rows.length > 0;
    this.#table.hidden = rows.length === 0;
    const wanted = new Set(rows.map((row) => this.#options.keyOf(row)));
    for (const [key, element] of this.#rows) {
      if (wanted.has(key)) continue;
      element.remove();
      this.#rows.delete(key);
    }
    let place: Element | null = this.#body.firstElementChild;
    for (const row of rows) {
      const element = this.#rowOf(row);
      if (element === place) place = place.nextElementSibling;
      else this.#body.insertBefore(element, place);
      this.#options.columns.forEach(({ fill }, i) => {
        fill(element.children[i] as HTMLElement, row);
      });
    }
  }

  #rowOf(row: Row): HTMLElement {
    const key = this.#options.keyOf(row);
    let element = this.#rows.get(key);
    if (element === undefined) {
      const cells = this.#options.columns.map(({ label, isNumber }) =>
        make("td", { role: "cell", "data-label": label, class: isNumber ? "number" : undefined }),
      );
      this.#rows.set(key, (element = make("tr", { role: "row" }, ...cells)));
    }
    return element;
  }
}
