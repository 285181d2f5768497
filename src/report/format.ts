/** What a cell of a table or a label shows where there is no number. */
export const noNumber = 'not estimable';

type Maybe = number | null | undefined;

/** "0.62", "−0.05": a minus sign that lines up with digits, and no negative zero. */
export function fixed(x: Maybe, digits = 2): string {
  if (x === null || x === undefined || !Number.isFinite(x)) return noNumber;
  const text = Math.abs(x).toFixed(digits);
  return x < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** "+0.12", "−0.05", "0.00". */
export function signed(x: Maybe, digits = 2): string {
  const text = fixed(x, digits);
  return x !== null && x !== undefined && x > 0 && Number(text) > 0 ? `+${text}` : text;
}

/** "[0.05, 0.19]"; empty without both ends. */
export function range(low: Maybe, high: Maybe, digits = 2, write = fixed): string {
  if (low === null || low === undefined || high === null || high === undefined) return '';
  return `[${write(low, digits)}, ${write(high, digits)}]`;
}

/** "0.62 [0.55, 0.68]". */
export function withRange(x: Maybe, low: Maybe, high: Maybe, digits = 2, write = fixed): string {
  return `${write(x, digits)} ${range(low, high, digits, write)}`.trim();
}

/**
 * "p = 0.03", "p < 0.0001", "p ≤ 0.0001" at the floor of a resampling test.
 *
 * @param floor the smallest p that the resamples can give
 */
export function pText(p: Maybe, floor = 0): string {
  if (p === null || p === undefined || !Number.isFinite(p)) return `p ${noNumber}`;
  if (floor > 0 && p <= floor * (1 + 1e-9)) return `p ≤ ${Number(floor.toPrecision(1))}`;
  return p < 0.0001 ? 'p < 0.0001' : `p = ${shortP(p)}`;
}

function shortP(p: number): string {
  return p < 0.001 ? p.toFixed(4) : p < 0.1 ? p.toFixed(3) : p.toFixed(2);
}

/** "72%", "< 1%", "> 99%". */
export function share(x: Maybe): string {
  if (x === null || x === undefined || !Number.isFinite(x)) return noNumber;
  if (x > 0 && x < 0.01) return '< 1%';
  return x < 1 && x > 0.99 ? '> 99%' : `${Math.round(100 * x)}%`;
}

/** "5,412", "1.2 million". */
export function count(x: Maybe): string {
  if (x === null || x === undefined || !Number.isFinite(x)) return noNumber;
  if (Math.abs(x) >= 1e6) return `${Number((x / 1e6).toPrecision(3))} million`;
  return String(Math.round(x)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "8B", "32k": sizes of models and axes. */
export function short(x: number): string {
  const units: readonly (readonly [number, string])[] = [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ];
  const [size, unit] = units.find(([limit]) => Math.abs(x) >= limit) ?? [1, ''];
  return `${Number((x / size).toPrecision(3))}${unit}`;
}

/** "$0.0031", "$12.40". */
export function dollars(x: Maybe): string {
  if (x === null || x === undefined || !Number.isFinite(x)) return noNumber;
  if (x === 0) return '$0';
  return `$${x >= 1 ? x.toFixed(2) : x.toPrecision(2)}`;
}

/** "1 run", "3 runs". */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** "a", "a and b", "a, b and c". */
export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
