/** Lines of a CSV file (RFC 4180, but with \n): a header, then a line a row; null is an empty cell. */
export function* csvLines<T extends object>(
  columns: readonly (keyof T & string)[],
  rows: Iterable<T>,
): Generator<string> {
  yield `${columns.join(",")}\n`;
  for (const row of rows) yield `${columns.map((column) => cell(row[column])).join(",")}\n`;
}

function cell(value: unknown): string {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
