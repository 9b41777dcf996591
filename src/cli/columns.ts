import { Chalk } from "chalk";

/** Left-aligned columns under bold headings, as wide as they need to be; the last one may be any length. */
export function columns(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  { color }: { readonly color: boolean },
): string {
  const paint = new Chalk({ level: color ? 1 : 0 });
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd();
  return `${[paint.bold(line(headings)), ...rows.map(line)].join("\n")}\n`;
}
