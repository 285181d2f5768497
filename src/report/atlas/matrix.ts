import {
  cellNotes,
  type ContrastFamilyResult,
  type LevelContrast,
  type ScoreCell,
  type Verdict,
  verdictLookup,
} from '../../analysis/index.ts';
import { type Figure, forestFigure, type MatrixCell, matrixFigure, missingFigure } from '../figures/index.ts';
import { plural, signed, withRange } from '../format.ts';
import { type Block, figureBlock, type Inline, type Section } from './content.ts';
import { type Atlas, confidenceOf, familyBy, isFactor, over } from './context.ts';

const together = 'all tasks';

/** Where a click on a cell leads, in the live view. */
export type CellLink = (cell: {
  readonly strategy: string;
  readonly task?: string;
  readonly model?: string;
}) => string;

/** Strategy by task against each baseline, over all models and by model; the scores behind. */
export function matrixSection(atlas: Atlas): Section {
  const figures = matrixFigures(atlas).map(figureBlock);
  const [second] = atlas.baselines.slice(1);
  const scores = figureBlock(scoreFigure(atlas));
  // The first baseline's two heat maps and the second's first one are what most readers want.
  const behind = figures.slice(3);
  const blocks: Block[] = [
    ...sentences(atlas),
    ...figures.slice(0, 3),
    ...(behind.length > 0
      ? [{ kind: 'details' as const, summary: `By model, against ${second ?? ''}`, blocks: behind }]
      : []),
    ...(atlas.results
      ? [{ kind: 'details' as const, summary: 'Scores of every cell', blocks: [scores] }]
      : [scores]),
  ];
  return { id: 'matrix', title: 'The matrix', blocks };
}

/**
 * The heat maps of the study: against the first baseline over all models and by model, then against the second.
 */
export function matrixFigures(atlas: Atlas, link?: CellLink): Figure[] {
  const { baselines } = atlas;
  if (baselines.length === 0) {
    const why =
      atlas.results === undefined
        ? (atlas.nothingToTest ?? 'Nothing can be compared yet.')
        : 'This study has no baseline, so there is nothing to take differences from.';
    return [missingFigure('matrix-none', 'Strategy by task', why)];
  }
  return baselines.flatMap((baseline, i) => [
    byTask(atlas, baseline, i, link),
    ...(isFactor(atlas, 'model') ? [byModel(atlas, baseline, i, link)] : []),
  ]);
}

function rowsAgainst(atlas: Atlas, baseline: string): string[] {
  const before = atlas.baselines.slice(0, atlas.baselines.indexOf(baseline));
  return atlas.levels.filter((level) => level !== baseline && !before.includes(level));
}

function byTask(atlas: Atlas, baseline: string, i: number, link?: CellLink): Figure {
  const id = i === 0 ? 'matrix-figure' : 'matrix-second';
  const title = `Strategy by task, against ${baseline}`;
  const tasks = familyBy(atlas, baseline, ['task']);
  if (!tasks) return missingFigure(id, title, 'No comparison can be made yet.');
  const several = isFactor(atlas, 'task');
  const pooled = several ? familyBy(atlas, baseline, []) : undefined;
  const cells = [
    ...cellsOf(atlas, tasks, ({ at }) => at.task ?? atlas.taskLabels[0] ?? together, link),
    ...(pooled ? cellsOf(atlas, pooled, () => together, link) : []),
  ];
  return matrixFigure({
    id,
    title,
    caption: `Difference of the mean score from ${over(atlas, baseline)}, over all models and seeds, with ${confidenceOf(atlas)} intervals, each for its cell alone. Blue is better than ${baseline}, orange worse. * marks a gain or harm that is shown (${errorRate(atlas, baseline, tasks.by.length)}); the intervals that go with it are in the table. Differences are paired: both strategies met the same instances.`,
    rows: rowsAgainst(atlas, baseline),
    columns: [...atlas.taskLabels, ...(several ? [together] : [])],
    rowName: 'strategy',
    columnName: 'task',
    cells,
  });
}

function byModel(atlas: Atlas, baseline: string, i: number, link?: CellLink): Figure {
  const id = i === 0 ? 'matrix-models' : 'matrix-models-second';
  const title = `Strategy by model, for each task, against ${baseline}`;
  const family = familyBy(atlas, baseline, ['task', 'model']);
  if (!family) return missingFigure(id, title, 'Too many combinations to compare one by one.');
  const several = isFactor(atlas, 'task');
  return matrixFigure({
    id,
    title,
    caption: `Difference of the mean score from ${over(atlas, baseline)}, for each model and task; models from small to large where sizes are known. * marks a gain or harm that is shown (${errorRate(atlas, baseline, family.by.length)}). With few seeds per model these differences are uncertain: the intervals are in the table.`,
    rows: atlas.modelLabels,
    columns: rowsAgainst(atlas, baseline),
    groups: several ? atlas.taskLabels : undefined,
    rowName: 'model',
    columnName: 'strategy',
    groupName: 'task',
    intervals: false,
    cells: family.contrasts.map((contrast) => ({
      ...valuesOf(atlas, contrast, link),
      row: contrast.at.model ?? atlas.modelLabels[0] ?? '',
      column: contrast.level,
      group: several ? contrast.at.task : undefined,
    })),
  });
}

/** The error rate of the stars, and whether they are verdicts or exploratory. */
function errorRate({ results }: Atlas, baseline: string, by: number): string {
  const others = (results?.plan.factors.length ?? 1) - 1;
  const rate = `${Math.round(100 * (1 - (results?.plan.confidence ?? 0.95)))}% for all strategies and places together`;
  if (baseline !== results?.plan.baselines.at(0)) return `exploratory, ${rate}`;
  if (by < others) return `averages, so exploratory: ${rate}`;
  return by > 0 ? `${rate}; averages over tasks are exploratory, with a rate of their own` : rate;
}

function cellsOf(
  atlas: Atlas,
  family: ContrastFamilyResult,
  column: (contrast: LevelContrast) => string,
  link?: CellLink,
): MatrixCell[] {
  return family.contrasts.map((contrast) => ({
    ...valuesOf(atlas, contrast, link),
    row: contrast.level,
    column: column(contrast),
  }));
}

/** The difference with its own interval, and the verdict on it. */
function valuesOf(atlas: Atlas, contrast: LevelContrast, link?: CellLink) {
  const { estimate, low, high, reason, level, at } = contrast;
  const { task, model } = at as { task?: string; model?: string };
  const href = link?.({ strategy: level, task, model });
  const verdict = verdictOf(atlas, contrast);
  const adjusted = {
    p: verdict?.adjustedP ?? null,
    adjustedLow: verdict?.low ?? null,
    adjustedHigh: verdict?.high ?? null,
  };
  const why = verdict?.shown === null ? `no verdict: ${verdict.reason ?? ''}` : undefined;
  return { estimate, low, high, ...adjusted, reason: reason ?? why, ...(href !== undefined && { href }) };
}

function verdictOf({ results }: Atlas, { baseline, level, at }: LevelContrast): Verdict | undefined {
  return verdictLookup(
    results?.verdicts ?? [],
    baseline,
  )(at)?.place.verdicts.find((own) => own.level === level);
}

/** What of the matrix is beyond chance, in words. */
function sentences({ results, baselines, taskLabels }: Atlas): Block[] {
  const baseline = baselines.at(0);
  const family = results?.verdicts.find((own) => own.baseline === baseline && own.role === 'verdicts');
  if (!family || baseline === undefined) return [];
  const all = family.places.flatMap(({ at, verdicts }) => verdicts.map((own) => ({ ...own, at })));
  const better = all.filter(({ shown }) => shown === 'gain shown');
  const worse = all.filter(({ shown }) => shown === 'harm shown');
  const equal = all.filter(({ shown, asGood }) => asGood && shown === 'not shown');
  const silent = all.filter(({ shown }) => shown === null);
  const figure = 'matrix-figure';
  const parts: Inline[] = [
    'Of ',
    { text: `${plural(all.length, 'comparison')} with ${baseline}`, figure },
    ` at the finest places, ${better.length} ${better.length === 1 ? 'shows' : 'show'} a gain, ${worse.length} ${worse.length === 1 ? 'shows' : 'show'} harm, ${equal.length} ${equal.length === 1 ? 'is' : 'are'} shown to be as good, and ${all.length - better.length - worse.length - equal.length - silent.length} are open.`,
  ];
  if (silent.length > 0) parts.push(` ${silent.length} ${silent.length === 1 ? 'has' : 'have'} no verdict.`);
  const extremes = [extreme(better, 1), extreme(worse, -1)].filter((c) => c !== undefined);
  for (const c of extremes) {
    const place = Object.values(c.at).join(', ') || (taskLabels[0] ?? '');
    parts.push(
      ` The largest ${(c.estimate ?? 0) > 0 ? 'gain' : 'harm'} shown: `,
      { level: c.level },
      ` on ${place}, `,
      { text: withRange(c.estimate, c.low, c.high, 2, signed), figure },
      '.',
    );
  }
  if (extremes.length > 0) {
    parts.push(
      ` ${extremes.length === 1 ? 'Its interval is' : 'Their intervals are'} adjusted for all comparisons; the largest of many is still more likely over- than underestimated.`,
    );
  }
  return [{ kind: 'text', text: parts }];
}

function extreme<T extends { readonly estimate: number | null }>(lines: readonly T[], side: 1 | -1) {
  return lines.reduce<T | undefined>(
    (most, c) => (!most || side * (c.estimate ?? 0) > side * (most.estimate ?? 0) ? c : most),
    undefined,
  );
}

/** The plain scores, which exist even where nothing can be compared. */
function scoreFigure(atlas: Atlas): Figure {
  const { cells } = atlas.scores;
  const factorNames = [...new Set(cells.flatMap((cell) => Object.keys(cell.factors)))];
  const rowOf = (cell: ScoreCell) =>
    [
      ...(atlas.modelLabels.length > 1 ? [cell.model] : []),
      cell.strategy,
      ...factorNames.map((name) => `${name} ${levelText(cell.factors[name])}`),
    ].join(', ');
  const rows = [...new Set(cells.map(rowOf))];
  const table = {
    id: 'scores',
    title: 'Scores of every cell',
    caption:
      'Mean score over seeds with a 95% interval; 0 is random play, 1 the oracle of the same instances (or the bounds that a task declares), and scores are not clipped. This interval also covers how hard the instances happened to be, so two of them may overlap although the paired difference is sure. Runs that could not finish have no score and count as missing.',
    rowName: atlas.modelLabels.length > 1 ? 'model, strategy' : 'strategy',
    axis: 'mean score',
  };
  const points = cells.map((cell) => ({
    row: rowOf(cell),
    group: cell.task,
    series: cell.strategy,
    estimate: cell.mean ?? null,
    low: cell.low ?? null,
    high: cell.high ?? null,
    reason: [missingText(cell), ...cellNotes(cell)].filter(Boolean).join('; ') || undefined,
  }));
  const figure = forestFigure({
    ...table,
    points,
    rows,
    groups: atlas.taskLabels,
    groupName: 'task',
    series: atlas.styles,
    seriesName: 'strategy',
    stacked: true,
    zero: null,
    write: (x) => x.toFixed(2),
  });
  // Too long a figure says nothing: then the table alone is kept.
  return rows.length * atlas.taskLabels.length <= 60 ? figure : { ...figure, draw: undefined };
}

function levelText(level: unknown): string {
  return typeof level === 'string' ? level : JSON.stringify(level);
}

function missingText({ n, planned, missing }: ScoreCell): string | undefined {
  const failed = Object.values(missing).reduce((sum, own) => sum + own, 0);
  if (n === planned) return undefined;
  return `${n} of ${planned} runs have a score${failed > 0 ? `, ${failed} could not finish` : ''}`;
}
