import type { CellMeanTable } from '../../analysis/index.ts';
import { type Figure, type MeanPoint, meansFigure, missingFigure } from '../figures/index.ts';
import type { SeriesStyle } from '../figures/index.ts';
import { figureBlock, type Inline, type Section, text } from './content.ts';
import { type Atlas, confidenceOf, isFactor } from './context.ts';
import { adjustedText } from './factors.ts';

interface Pair {
  readonly x: string;
  readonly series: string;
  readonly levels: readonly string[];
  readonly styles: ReadonlyMap<string, SeriesStyle>;
}

/** Means of every pair of factors, with lines that would be parallel without an interaction. */
export function interactionsSection(atlas: Atlas): Section {
  const section = { id: 'interactions', title: 'Interactions' };
  const compared = atlas.results?.plan.comparedFactor ?? 'strategy';
  const styles = onlyLevels(atlas.styles, atlas.levels);
  const pairs: Pair[] = [
    { x: 'task', series: compared, levels: atlas.taskLabels, styles },
    { x: 'model', series: compared, levels: atlas.modelLabels, styles },
    { x: 'model', series: 'task', levels: atlas.modelLabels, styles: atlas.taskStyles },
    ...furtherFactors(atlas, compared).map(({ name, levels }) => ({
      x: name,
      series: compared,
      levels,
      styles,
    })),
  ].filter((pair) => pair.x !== pair.series && isFactor(atlas, pair.x) && isFactor(atlas, pair.series));
  if (!atlas.results || pairs.length === 0) {
    return {
      ...section,
      blocks: [text('An interaction needs two factors that both vary; this study does not have them yet.')],
    };
  }
  const tested = pairs.flatMap((pair): Inline[] => {
    const term = atlas.results?.primary.find(
      ({ term: name }) => name === `${pair.series}:${pair.x}` || name === `${pair.x}:${pair.series}`,
    );
    if (!term) return [];
    const verdict =
      term.p === null ? 'not estimable' : (term.adjustedP ?? 1) < 0.05 ? 'beyond chance' : 'not shown';
    return [
      { text: `${pair.series} × ${pair.x}`, figure: figureId(pair) },
      `: ${verdict} (adjusted ${adjustedText(term)}). `,
    ];
  });
  return {
    ...section,
    blocks: [{ kind: 'text', text: tested }, ...pairs.map((pair) => figureBlock(pairFigure(atlas, pair)))],
  };
}

function onlyLevels(styles: ReadonlyMap<string, SeriesStyle>, levels: readonly string[]) {
  return new Map([...styles].filter(([level]) => levels.includes(level)));
}

function furtherFactors({ results }: Atlas, compared: string) {
  return (results?.plan.factors ?? []).filter(({ name }) => !['task', 'model', compared].includes(name));
}

function figureId({ x, series }: Pair): string {
  return `means-${slug(series)}-${slug(x)}`;
}

function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

function pairFigure(atlas: Atlas, pair: Pair): Figure {
  const title = `Mean score by ${pair.series} and ${pair.x}`;
  const table = atlas.results?.cellMeans.find(
    ({ factors }) => factors.length === 2 && factors.includes(pair.x) && factors.includes(pair.series),
  );
  if (!table) return missingFigure(figureId(pair), title, 'These means are not estimable yet.');
  return meansFigure({
    id: figureId(pair),
    title,
    caption: `Means over everything else. Lines that are not parallel are an interaction. Bars are ${confidenceOf(atlas)} intervals for comparing means of the same instances (the instances’ own difficulty is taken out), so they are for reading differences along ${pair.series === 'task' ? 'a line' : 'a column'}; intervals of the means themselves, which are wider, are in the table. Points are set side by side for legibility.`,
    points: pointsOf(table, pair),
    levels: pair.levels,
    xName: pair.x,
    series: pair.styles,
    seriesName: pair.series,
    axis: 'mean score',
  });
}

function pointsOf({ cells }: CellMeanTable, { x, series }: Pair): MeanPoint[] {
  return cells.map(({ at, estimate, low, high, comparisonMargin, reason }) => ({
    x: at[x],
    series: at[series],
    estimate,
    low,
    high,
    margin: comparisonMargin,
    reason,
  }));
}
