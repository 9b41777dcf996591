/** Numbers and names that the exchange gives to orders and lists; they go on after a restart. */
export class Ids {
  order: number;
  list: number;

  constructor({ order, list }: { readonly order: number; readonly list: number } = { order: 0, list: 0 }) {
    this.order = order;
    this.list = list;
  }

  nextOrder(): number {
    return ++this.order;
  }

  nextList(): number {
    return ++this.list;
  }

  /** Of an order, list or request that came without one; as long as Binance's. */
  nameOf(id: number, kind: "order" | "list" | "request" = "order"): string {
    return `${kind.slice(0, 4)}${id.toString(36).padStart(18, "0")}`;
  }
}
