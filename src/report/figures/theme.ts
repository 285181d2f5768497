/** A colour on light and on dark ground. */
type Shades = readonly [light: string, dark: string];

const ground: Readonly<Record<string, Shades>> = {
  paper: ['#ffffff', '#15181c'],
  panel: ['#f5f6f8', '#1e2228'],
  ink: ['#1c2127', '#e4e7ea'],
  soft: ['#57606a', '#a3adb8'],
  line: ['#d5dae0', '#363d46'],
  link: ['#0b5cad', '#82b8f5'],
};

/**
 * Series that readers can tell apart with any colour vision (after Okabe & Ito 2008), 3:1 against their ground.
 * Baselines are neutral, so that what is coloured is what coordinates.
 */
const baselines: readonly Shades[] = [
  ['#6a737d', '#a3adb8'],
  ['#8a6d3b', '#cfae74'],
];
const series: readonly Shades[] = [
  ['#0069b4', '#5fb0f0'],
  ['#c2500a', '#ff9557'],
  ['#00795a', '#45c9a2'],
  ['#a2458d', '#e592cf'],
  ['#8f6b00', '#e6bd3c'],
  ['#1f7f9c', '#7fd0ec'],
  ['#7a4fbf', '#b79bf0'],
  ['#ad1f45', '#ff8aa5'],
];

/** From orange (below zero) over neutral to blue, in five steps to each side. */
const diverging: readonly Shades[] = [
  ['#8c4200', '#f4aa63'],
  ['#b25c0c', '#d3853f'],
  ['#dd8a3c', '#a9652f'],
  ['#f0b679', '#774a28'],
  ['#f8ddbf', '#483528'],
  ['#eff1f3', '#272c32'],
  ['#cfe1f0', '#243a4c'],
  ['#9dc5e3', '#255273'],
  ['#64a2d0', '#2b6f9f'],
  ['#2b74ae', '#4f97cf'],
  ['#0f4f87', '#8bc2f0'],
];
const divergingSteps = 5;
const darkInk = '#12161a';

/** Text on a step of the diverging scale. */
const onDiverging: readonly Shades[] = diverging.map((_, i) => {
  const strength = Math.abs(i - divergingSteps);
  if (strength > 3) return ['#ffffff', darkInk];
  return [ground.ink[0], strength === 3 ? '#ffffff' : ground.ink[1]];
});

const variables: readonly (readonly [name: string, shades: Shades])[] = [
  ...Object.entries(ground),
  ...baselines.map((shades, i) => [`base-${i}`, shades] as const),
  ...series.map((shades, i) => [`series-${i}`, shades] as const),
  ...diverging.map((shades, i) => [`step-${i}`, shades] as const),
  ...onDiverging.map((shades, i) => [`on-step-${i}`, shades] as const),
];

function declarations(shade: 0 | 1): string {
  return variables.map(([name, shades]) => `--${name}:${shades[shade]};`).join('');
}

/** Custom properties of all colours, for light and dark ground; print is light. */
export const themeCss = `:root{color-scheme:light dark;${declarations(0)}}
@media screen and (prefers-color-scheme:dark){:root{${declarations(1)}}}`;

/** A colour of the theme, as CSS. */
export function color(name: string): string {
  return `var(--${name})`;
}

const lightValues = new Map(variables.map(([name, shades]) => [name, shades[0]]));

/** Replaces the theme's custom properties by their values on light ground, for files that stand alone. */
export function resolveColors(markup: string): string {
  return markup.replace(/var\(--([a-z0-9-]+)\)/g, (whole, name: string) => lightValues.get(name) ?? whole);
}

/** Step of the diverging scale for a value, and the colour of text on it. */
export function divergingColor(value: number, largest: number): { fill: string; text: string } {
  const relative = largest > 0 ? Math.max(-1, Math.min(1, value / largest)) : 0;
  const step = divergingSteps + Math.round(relative * divergingSteps);
  return { fill: color(`step-${step}`), text: color(`on-step-${step}`) };
}

export const symbols = [
  'circle',
  'square',
  'diamond',
  'triangle',
  'star',
  'cross',
  'wye',
  'asterisk',
] as const;
export type SeriesSymbol = (typeof symbols)[number];

export interface SeriesStyle {
  readonly color: string;
  readonly symbol: SeriesSymbol;
}

/**
 * Colour and symbol of every level of the compared factor, the same in all figures of a study: baselines neutral,
 * the others in their order. Ablated variants come after, so that they change no colour.
 */
export function seriesStyles(
  levels: readonly string[],
  baselineLevels: readonly string[],
): ReadonlyMap<string, SeriesStyle> {
  const styles = new Map<string, SeriesStyle>();
  baselineLevels.forEach((level, i) =>
    styles.set(level, {
      color: color(`base-${Math.min(i, baselines.length - 1)}`),
      symbol: symbols[i % symbols.length],
    }),
  );
  const others = levels.filter((level) => !baselineLevels.includes(level));
  others.forEach((level, i) =>
    styles.set(level, { color: color(`series-${i % series.length}`), symbol: symbols[i % symbols.length] }),
  );
  return styles;
}

/** Colours for levels of any other factor. */
export function plainStyles(levels: readonly string[]): ReadonlyMap<string, SeriesStyle> {
  return seriesStyles(levels, []);
}
