import * as Plot from '@observablehq/plot';
import { displayText } from '../../core/display-text.ts';
import type { Surface } from './figure.ts';
import { color, type SeriesStyle } from './theme.ts';

/** What all figures share: font, colours of the theme, and a name for those who do not see it. */
export function draw({ document }: Surface, title: string, options: Plot.PlotOptions): SVGElement {
  const svg = Plot.plot({
    ...options,
    document,
    className: 'plot',
    style: { fontSize: '12px', color: color('ink'), background: 'none' },
  }) as SVGElement;
  // Plot labels its groups, which have no role that may be labelled; the picture as a whole has a name.
  for (const group of Array.from(svg.querySelectorAll('g[aria-label]'))) group.removeAttribute('aria-label');
  // Interactive links inside make it more than a picture.
  if (!svg.querySelector('a')) svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', title);
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return svg;
}

/** The zero that gains are measured from. */
export function zeroRule(axis: 'x' | 'y', value = 0): Plot.Markish {
  const options = { stroke: color('soft'), strokeWidth: 1 };
  return axis === 'x' ? Plot.ruleX([value], options) : Plot.ruleY([value], options);
}

/** The name of the vertical axis, above the frame's left end and below the legend. */
export function axisTitle(name: string, left: number): Plot.Markish {
  return Plot.text([shown(name)], {
    text: (own: string) => own,
    facet: 'super',
    frameAnchor: 'top-left',
    dx: 4 - left,
    dy: -17,
    fill: color('soft'),
  });
}

/** The name of each panel above its left end, where panels are given. */
export function panelTitles(
  groups: readonly string[] | undefined,
  { left, dy }: { readonly left: number; readonly dy: number },
): readonly Plot.Markish[] {
  if (!groups) return [];
  return [
    Plot.axisFy({ label: null, tickFormat: () => '' }),
    Plot.text(groups, {
      fy: (group: string) => group,
      text: shown,
      frameAnchor: 'top-left',
      dx: 2 - left,
      dy,
      fontWeight: 600,
    }),
  ];
}

/** Space for the longest of some labels, in pixels at 12 px. */
export function labelWidth(labels: readonly string[], most = 200): number {
  const longest = labels.reduce((length, label) => Math.max(length, label.length), 0);
  return Math.min(most, 18 + 7.3 * longest);
}

/** A label as a figure shows it: harmless, and cut where the table behind has all of it. */
export function shown(label: string): string {
  return displayText(label, 40);
}

/** A list of what the colours and symbols mean, above the plot. */
export interface Legend {
  /** Room that it needs above the frame, in pixels. */
  readonly height: number;
  /** The marks, placed from the plot's left and top margin. */
  readonly marks: (margins: { readonly left: number; readonly top: number }) => readonly Plot.Markish[];
}

const legendLine = 20;

/** @param width of the whole figure, in pixels; lines break before it */
export function legend(
  styles: ReadonlyMap<string, SeriesStyle>,
  levels: readonly string[],
  width: number,
): Legend {
  let x = 8;
  let line = 0;
  const items = levels.map((level) => {
    const label = shown(level);
    const needed = 28 + 7.3 * label.length;
    if (x > 8 && x + needed > width) {
      x = 8;
      line++;
    }
    const item = { label, style: styles.get(level), x, y: line * legendLine + 8 };
    x += needed;
    return item;
  });
  const height = items.length === 0 ? 0 : (line + 1) * legendLine + 6;
  const place = { facet: 'super', frameAnchor: 'top-left' } as const;
  const marks: Legend['marks'] = (margins) =>
    items.flatMap(({ label, style, x, y }) => {
      const at = { ...place, dx: x - margins.left, dy: y - margins.top };
      return [
        Plot.dot([label], {
          ...at,
          fill: style?.color ?? color('ink'),
          symbol: style?.symbol ?? 'circle',
          r: 4.5,
        }),
        Plot.text([label], { ...at, dx: at.dx + 10, text: (text: string) => text, textAnchor: 'start' }),
      ];
    });
  return { marks, height };
}

const geometry = / (d|x|y|x1|x2|y1|y2|cx|cy|r|rx|width|height|transform)="([^"]*)"/g;

/** Rounds the geometry to hundredths of a pixel, which otherwise is a third of a page. Text stays as it is. */
export function compactSvg(markup: string): string {
  return markup.replace(geometry, (_, name: string, value: string) => {
    const rounded = value.replace(/-?\d+\.\d{3,}/g, (n) => String(Math.round(Number(n) * 100) / 100));
    return ` ${name}="${rounded}"`;
  });
}
