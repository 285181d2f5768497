/** A plain-text table: columns aligned, numbers to the right; a control character in a name becomes a space. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows].map((line) => line.map((text) => text.replaceAll(/\p{Cc}+/gu, ' ')));
  const widths = header.map((_, c) => Math.max(...lines.map((line) => line[c].length)));
  const right = header.map((_, c) => rows.length > 0 && rows.every((row) => /^[-+<≤\d.]|^$/.test(row[c])));
  return lines
    .map((line) =>
      line
        .map((text, c) => (right[c] ? text.padStart(widths[c]) : text.padEnd(widths[c])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A number with so many decimals; `-` where there is none. */
export function number(x: number | null | undefined, decimals = 3): string {
  if (x === null || x === undefined) return '-';
  const text = x.toFixed(decimals);
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text;
}

/** A p-value: three decimals, small ones in powers of ten; at the floor of a resampling test as the bound it is. */
export function pText(p: number | null | undefined, floor?: number): string {
  if (p === null || p === undefined) return '-';
  if (floor !== undefined && p <= floor * (1 + 1e-9)) return `≤ ${floor.toExponential(0)}`;
  return p < 0.001 ? p.toExponential(0) : p.toFixed(3);
}

/** `0.12 [0.05, 0.19]`; a side without a bound is ∞. */
export function interval(
  estimate: number | null,
  low: number | null,
  high: number | null,
  decimals = 3,
): string {
  if (estimate === null) return 'not estimable';
  if (low === null && high === null) return number(estimate, decimals);
  const [from, to] = [
    low === null ? '-∞' : number(low, decimals),
    high === null ? '∞' : number(high, decimals),
  ];
  return `${number(estimate, decimals)} [${from}, ${to}]`;
}
