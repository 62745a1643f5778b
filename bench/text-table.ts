/** A cell: numbers are printed with three significant digits, or whole from 100 on, and stand at the right. */
export type Cell = string | number;

/** A table as aligned text; the first row is its head. */
export function textTable(rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map(cellText));
  const columns = Math.max(...texts.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...texts.map((row) => row[column]?.length ?? 0)),
  );
  const lines = texts.map((row, index) =>
    row
      .map((text, column) => padded(text, widths[column] ?? 0, isNumber(rows, index, column)))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  return lines.join('\n');
}

/** A number as a person reads it: three significant digits, whole from 100 on, thousands apart. */
export function readable(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

const cellText = (cell: Cell): string => (typeof cell === 'number' ? readable(cell) : cell);

const padded = (text: string, width: number, right: boolean): string =>
  right ? text.padStart(width) : text.padEnd(width);

/** The head of a column stands where its numbers do. */
function isNumber(rows: readonly (readonly Cell[])[], index: number, column: number): boolean {
  return typeof rows[index === 0 ? 1 : index]?.[column] === 'number';
}
