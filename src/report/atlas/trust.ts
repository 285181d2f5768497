import { type AnalysisResults, slightModels, unreadableModels } from '../../analysis/index.ts';
import { type Figure, forestFigure, missingFigure, normalPlotFigure } from '../figures/index.ts';
import { fixed, list, plural, pText, share } from '../format.ts';
import { type Block, figureBlock, note, type Section, type Sentence, text } from './content.ts';
import type { Atlas } from './context.ts';
import { reproduction } from './reproduction.ts';

/** Whether to believe it: what is missing, what the tests assume, what could be found, and how to do it again. */
export function trustSection(atlas: Atlas): Section {
  return {
    id: 'trust',
    title: 'Trust',
    blocks: [
      ...missingBlocks(atlas),
      ...deviationBlocks(atlas),
      ...diagnosticBlocks(atlas),
      ...powerBlocks(atlas),
      ...reproduction(atlas),
    ],
  };
}

function missingBlocks({ runs, scores, results }: Atlas): Block[] {
  const { planned, scored, failed } = runs;
  const open = planned - scored - failed;
  const unparsable = scores.cells.reduce((sum, cell) => sum + cell.unparsable, 0);
  const decisions = scores.cells.reduce((sum, cell) => sum + cell.decisions, 0);
  const items: Sentence[] = [
    [
      scored === planned
        ? `All ${plural(planned, 'planned run')} have a score.`
        : `${plural(scored, 'run')} of ${planned} have a score; ${failed} could not finish and ${open} have not been played.`,
    ],
    [
      `${unparsable} of ${plural(decisions, 'answer')} named no available action${decisions > 0 ? ` (${share(unparsable / decisions)})` : ''}; there the agent acted at random.`,
    ],
  ];
  for (const { text: words } of [...unreadableModels(scores.cells), ...slightModels(scores.cells)])
    items.push([words]);
  const blocks: Block[] = [{ kind: 'list', items }];
  if (results && results.missingness.scored < results.missingness.planned) {
    const { levels, bounds } = results.missingness;
    const kinds = [...new Set(levels.flatMap((level) => Object.keys(level.kinds)))];
    blocks.push({
      kind: 'table',
      id: 'missing-runs',
      caption: 'Missing runs by factor and level. They are counted, never taken as 0.',
      table: {
        columns: ['factor', 'level', 'planned', ...kinds],
        rows: levels.map((level) => [
          level.factor,
          level.level,
          level.planned,
          ...kinds.map((kind) => level.kinds[kind] ?? 0),
        ]),
      },
    });
    if (bounds.length > 0) blocks.push(figureBlock(boundsFigure(results)));
  }
  return blocks;
}

function boundsFigure({ missingness, contrasts }: AnalysisResults): Figure {
  const [least, most] = missingness.range;
  const pooled = (level: string, baseline: string) =>
    contrasts
      .find((family) => family.by.length === 0 && family.baseline === baseline)
      ?.contrasts.find((contrast) => contrast.level === level)?.estimate ?? null;
  return forestFigure({
    id: 'missing-bounds',
    title: 'How far missing runs could move the contrasts',
    caption: `Points are the estimates; lines reach from the lowest to the highest value that the contrast could have taken, had every missing run scored between ${fixed(least)} and ${fixed(most)}. These are bounds, not confidence intervals.`,
    points: missingness.bounds.map(({ level, baseline, low, high }) => ({
      row: `${level} − ${baseline}`,
      estimate: pooled(level, baseline),
      low,
      high,
    })),
    rows: missingness.bounds.map(({ level, baseline }) => `${level} − ${baseline}`),
    rowName: 'contrast',
    axis: 'difference in scores',
  });
}

function deviationBlocks({ results, nothingToTest, runs }: Atlas): Block[] {
  const notes = [
    ...(runs.planned > runs.scored
      ? [`${plural(runs.planned - runs.scored, 'planned run')} without a score`]
      : []),
    ...(results ? results.notes : nothingToTest ? [nothingToTest] : []),
  ];
  if (notes.length === 0)
    return [text('Nothing deviates from the study file, and the analysis left nothing out.')];
  return [
    text('Deviations from the study file, and what the analysis left out or assumed:'),
    { kind: 'list', items: notes.map((words) => [words]) },
  ];
}

function diagnosticBlocks({ results }: Atlas): Block[] {
  const diagnostics = results?.diagnostics;
  if (!diagnostics) return [];
  const uneven = diagnostics.brownForsythe.filter(({ p }) => p < 0.05).map(({ factor }) => factor);
  const figure = normalPlotFigure({
    id: 'residuals',
    title: 'Residuals against a normal distribution',
    caption:
      'What is left of each run after its cell and its instances, against the quantiles of a normal distribution; the line passes through the quartiles. The primary tests need neither normal residuals nor equal spreads; the classical tables do.',
    ...diagnostics.residuals,
  });
  return [
    text(
      uneven.length > 0
        ? `Spreads differ between the levels of ${list(uneven)} (Brown-Forsythe, p < 0.05), so read the primary tests, which do not assume equal variances, and not the classical ones.`
        : 'Spreads do not differ visibly between the levels of any factor (Brown-Forsythe, p ≥ 0.05).',
    ),
    {
      kind: 'table',
      id: 'spread-tests',
      caption: 'Tests of equal spread.',
      table: {
        columns: ['test', 'factor', 'statistic', 'p'],
        rows: [
          ...diagnostics.brownForsythe.map(({ factor, statistic, p }) => [
            'Brown-Forsythe',
            factor,
            fixed(statistic),
            pText(p),
          ]),
          ...(diagnostics.breuschPagan
            ? [
                [
                  'Breusch-Pagan',
                  'all',
                  fixed(diagnostics.breuschPagan.statistic),
                  pText(diagnostics.breuschPagan.p),
                ],
              ]
            : []),
        ],
      },
    },
    figureBlock(figure),
  ];
}

function powerBlocks(atlas: Atlas): Block[] {
  const { results } = atlas;
  if (!results || results.power.length === 0) return [];
  const blocks = results.plan.blocksPerGroup;
  return [
    figureBlock(powerFigure(results)),
    note(
      `Interactions and single models need more: with ${plural(blocks, 'seed')} a missing effect is no evidence that there is none.`,
    ),
  ];
}

function powerFigure({ power, contrasts, plan }: AnalysisResults): Figure {
  const title = 'What this study can find';
  const rows = power.map(({ level, baseline }) => `${level} − ${baseline}`);
  if (power.length === 0) return missingFigure('power', title, 'The power is not estimable.');
  const observed = (level: string, baseline: string) =>
    contrasts
      .find((family) => family.by.length === 0 && family.baseline === baseline)
      ?.contrasts.find((contrast) => contrast.level === level);
  return forestFigure({
    id: 'power',
    title,
    caption: `Points and lines are the contrasts over everything with their ${Math.round(100 * plan.confidence)}% intervals; upright ticks are the smallest true contrast that this study finds with 80% power at its own number of comparisons. The numbers at the right are the seeds per task needed for a contrast of 0.05.`,
    points: power.map(({ level, baseline, detectable, required }) => {
      const contrast = observed(level, baseline);
      const needed = required.find(({ effect }) => effect === 0.05)?.blocks;
      return {
        row: `${level} − ${baseline}`,
        estimate: contrast?.estimate ?? null,
        low: contrast?.low ?? null,
        high: contrast?.high ?? null,
        reference: detectable,
        note: needed === undefined || needed === null ? undefined : plural(needed, 'seed'),
      };
    }),
    rows,
    rowName: 'contrast',
    referenceName: 'detectable with 80% power',
    axis: 'difference in scores',
  });
}
