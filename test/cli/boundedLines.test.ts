import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BoundedLines } from "../../src/cli/boundedLines.ts";
import { sessionEventSchema } from "../../src/report/sessionSchema.ts";

/** A pipe: what is printed is taken when `read` is called, piece by piece. */
function pipe() {
  const taken: string[] = [];
  const waiting: { readonly text: string; readonly settle: () => void }[] = [];
  return {
    print: (text: string) => new Promise<void>((settle) => waiting.push({ text, settle })),
    /** Takes what is there, and what follows on it. @returns whether there was any */
    async read(): Promise<boolean> {
      const next = waiting.shift();
      if (next === undefined) return false;
      taken.push(next.text);
      next.settle();
      await Promise.resolve();
      await Promise.resolve();
      return true;
    },
    get unread() {
      return waiting.length;
    },
    get lines() {
      return taken.join("").trimEnd().split("\n");
    },
  };
}

async function readAll(reader: ReturnType<typeof pipe>): Promise<void> {
  while (await reader.read());
}

/** Lines of ten characters. */
const line = (n: number, kind: string) => `${kind.slice(0, 3)} ${String(n).padStart(5, "0")}\n`;
const isGap = (text: string) => text.startsWith("{");
const countOf = (text: string): number => JSON.parse(text).count;

describe("lines that are read", () => {
  it("are printed at once, each and in order", async () => {
    const reader = pipe();
    const lines = new BoundedLines(reader.print, { passing: 100, all: 200 });
    for (let n = 0; n < 1000; n++) {
      lines.push(line(n, "bar"), "bar", true);
      await readAll(reader);
    }
    expect(reader.lines).toEqual(Array.from({ length: 1000 }, (_, n) => line(n, "bar").trimEnd()));
  });

  it("are there when flush settles, and not before", async () => {
    const reader = pipe();
    const lines = new BoundedLines(reader.print);
    lines.push("a\n", "fill", false);
    lines.push("b\n", "fill", false);
    let flushed = false;
    const flush = lines.flush().then(() => {
      flushed = true;
    });
    await reader.read();
    expect([flushed, reader.lines]).toEqual([false, ["a"]]);
    await readAll(reader);
    await flush;
    expect(reader.lines).toEqual(["a", "b"]);
  });
});

describe("lines that nobody reads", () => {
  it("are left out when later ones make up for them; how many and which is told once they are read", async () => {
    const reader = pipe();
    const lines = new BoundedLines(reader.print, { passing: 100, all: 1000 });
    for (let n = 0; n < 30; n++) lines.push(line(n, "bar"), "bar", true);
    lines.push(line(30, "account"), "account", true);
    lines.push(line(31, "fill"), "fill", false);
    expect(reader.unread).toBe(1);
    await readAll(reader);
    const expected = Array.from({ length: 10 }, (_, n) => line(n, "bar").trimEnd());
    expect(reader.lines).toEqual([...expected, "fil 00031", expect.any(String)]);
    const gap = JSON.parse(reader.lines[11]!);
    expect(sessionEventSchema.parse(gap)).toEqual(gap);
    expect(gap).toMatchObject({ event: "dropped", count: 21, kinds: { bar: 20, account: 1 } });
  });

  it("are told of before the next of their kind that is kept", async () => {
    const reader = pipe();
    const lines = new BoundedLines(reader.print, { passing: 100, all: 1000 });
    for (let n = 0; n < 20; n++) lines.push(line(n, "bar"), "bar", true);
    await reader.read();
    lines.push(line(20, "fill"), "fill", false);
    expect(reader.unread).toBe(1);
    await reader.read();
    lines.push(line(21, "bar"), "bar", true);
    await readAll(reader);
    const [fill, gap, bar] = reader.lines.slice(-3);
    expect([fill, countOf(gap!), bar]).toEqual(["fil 00020", 10, "bar 00021"]);
  });

  it("are kept when they are orders, until there are far too many", async () => {
    const reader = pipe();
    const lines = new BoundedLines(reader.print, { passing: 100, all: 1000 });
    for (let n = 0; n < 150; n++) lines.push(line(n, "fill"), "fill", false);
    await readAll(reader);
    expect(reader.lines).toHaveLength(101);
    expect(JSON.parse(reader.lines.at(-1)!)).toMatchObject({ count: 50, kinds: { fill: 50 } });
    lines.push(line(150, "fill"), "fill", false);
    await readAll(reader);
    expect(reader.lines.at(-1)).toBe("fil 00150");
  });

  it("are all there or counted, and come in order", async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom("bar", "fill") },
      { weight: 1, arbitrary: fc.constant("read") },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 400 }), async (steps) => {
        const reader = pipe();
        const lines = new BoundedLines(reader.print, { passing: 200, all: 500 });
        let pushed = 0;
        for (const one of steps) {
          if (one === "read") await reader.read();
          else lines.push(line(pushed++, one), one, one === "bar");
        }
        await readAll(reader);
        const read = pushed === 0 ? [] : reader.lines;
        const told = read.filter((text) => !isGap(text));
        const leftOut = read.filter(isGap).reduce((sum, text) => sum + countOf(text), 0);
        expect(told.length + leftOut).toBe(pushed);
        const numbers = told.map((text) => Number(text.slice(4)));
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      }),
    );
  });
});
