/** Rows in columns as wide as their widest text; the last one is not filled up. Numbers stand right. */
export function columns(rows: readonly (readonly (string | number)[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, String(cell).length)
  }
  const line = (row: readonly (string | number)[]) =>
    row.map((cell, i) => {
      const width = i === row.length - 1 && typeof cell === 'string' ? 0 : (widths[i] ?? 0)
      return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width)
    })
  return rows.map((row) => `${line(row).join('  ').trimEnd()}\n`).join('')
}
