/** Paths of a small chart: the newest value at the right edge, the axis from zero to the greatest value, at least to `full`. */
export function sparkline(values: readonly number[], width: number, height: number, full = 1): { line: string; area: string } {
  if (values.length < 2) return { line: '', area: '' }
  const top = Math.max(...values, full)
  const step = width / (values.length - 1)
  const at = (value: number, index: number) => `${round(index * step)} ${round(height - (value / top) * (height - 2))}`
  const line = `M${values.map(at).join('L')}`
  return { line, area: `${line}L${width} ${height}L0 ${height}Z` }
}

const round = (value: number) => Math.round(value * 10) / 10
