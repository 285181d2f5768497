import { type AnalysisResults, placeText, renderAnalysis, verdictWords } from '../../analysis/index.ts';
import { displayBlock } from '../../core/display-text.ts';
import { escapeHtml } from '../escape.ts';
import { type Figure, forestFigure, type ForestPoint, meansFigure, seriesStyles } from '../figures/index.ts';
import { detailsHtml, figureHtml, html, tableHtml } from './figure-html.ts';
import { htmlPage } from './shell.ts';

/** What a page on somebody's own table is made from. */
export interface TablePageInput {
  readonly name: string;
  readonly results: AnalysisResults;
  readonly version: string;
}

/** The analysis of anybody's table as one self-contained HTML page: figures, what was asked for, and the whole text. */
export function tablePage({ name, results, version }: TablePageInput): string {
  const { plan, data, further = [], notes } = results;
  const sections: [string, string][] = [
    ['Comparisons', comparisons(results).map(figureHtml).join('\n')],
    ['Means', means(results).map(figureHtml).join('\n')],
    ...further.map(({ title, columns, rows, notes: own }): [string, string] => [
      title,
      tableHtml({ columns, rows }, title) + own.map((line) => `<p class="note">${html(line)}</p>`).join(''),
    ]),
    [
      'Everything',
      `<ul>${notes.map((line) => `<li>${html(line)}</li>`).join('')}</ul>` +
        detailsHtml(
          'All tests, tables and the plan as text',
          `<pre tabindex="0">${escapeHtml(displayBlock(renderAnalysis(results)))}</pre>`,
        ),
    ],
  ];
  const filled = sections.filter(([, body]) => body !== '');
  const blocks = data.blocks > 0 ? ` in ${data.blocks} blocks` : '';
  return htmlPage({
    title: `${name}: ${plan.responseName}`,
    version,
    header: `<p class="eyebrow">AgentMesh-STM, a table</p>
<h1>${html(plan.responseName)} in ${html(name)}</h1>
<p class="scope">${html(`${data.runs} rows with a ${plan.responseName}${blocks}; factors ${plan.factors.map((factor) => factor.name).join(', ')}.`)}</p>`,
    main: filled
      .map(
        ([title, body], i) => `<section aria-labelledby="s${i}">
<h2 id="s${i}"><span class="number">${i + 1}</span>${html(title)}</h2>
${body}
</section>`,
      )
      .join('\n'),
  });
}

/** Differences from the baseline with their intervals: verdicts where there are blocks, else the families of contrasts. */
function comparisons(results: AnalysisResults): Figure[] {
  const { verdicts, contrasts, plan } = results;
  const axis = `difference in ${plan.responseName}`;
  const forest = (id: string, title: string, caption: string, points: ForestPoint[]) => {
    const groups = [...new Set(points.map(({ group }) => group ?? ''))];
    const rows = [...new Set(points.map(({ row }) => row))];
    return forestFigure({
      id,
      title,
      caption,
      points,
      rows,
      rowName: 'level',
      groups,
      groupName: 'where',
      axis,
    });
  };
  if (verdicts.length > 0) {
    return verdicts.map(({ role, baseline, places }, i) =>
      forest(
        `verdicts-${i}`,
        role === 'verdicts'
          ? `Verdicts against ${baseline}`
          : `Averages and further comparisons with ${baseline}`,
        'Intervals stand at the level of the verdict: they exclude 0 exactly when a gain or harm is shown.',
        places.flatMap(({ at, margin, verdicts: own, weights }) =>
          own.map((verdict): ForestPoint => ({
            row: verdict.level,
            group: `${placeText(at)}${weights ? ', by precision' : ''}`,
            estimate: verdict.estimate,
            low: verdict.low,
            high: verdict.high,
            p: verdict.adjustedP,
            note: verdictWords(verdict, baseline, margin),
          })),
        ),
      ),
    );
  }
  return contrasts.map(({ title, contrasts: own, method }, i) =>
    forest(
      `contrasts-${i}`,
      title,
      `p adjusted by ${method}, with the intervals that go with it.`,
      own.map((contrast): ForestPoint => ({
        row: `${contrast.level} - ${contrast.baseline}`,
        group: placeText(contrast.at),
        estimate: contrast.estimate,
        low: contrast.simultaneousLow,
        high: contrast.simultaneousHigh,
        p: contrast.adjustedP,
        ...(contrast.reason !== undefined && { reason: contrast.reason }),
      })),
    ),
  );
}

/** Means of the compared factor's levels, by each other factor. */
function means({ cellMeans, plan }: AnalysisResults): Figure[] {
  const compared = plan.comparedFactor;
  if (compared === undefined) return [];
  const levelsOf = (name: string) => plan.factors.find((factor) => factor.name === name)?.levels ?? [];
  const series = seriesStyles(levelsOf(compared), plan.baselines);
  return cellMeans.flatMap(({ factors, cells }, i) => {
    const other = factors.find((name) => name !== compared);
    if (!factors.includes(compared) || other === undefined) return [];
    return [
      meansFigure({
        id: `means-${i}`,
        title: `${plan.responseName} by ${other}`,
        caption: 'Means with intervals; lines that are not parallel are an interaction.',
        points: cells.map((cell) => ({
          x: cell.at[other],
          series: cell.at[compared],
          estimate: cell.estimate,
          low: cell.low,
          high: cell.high,
          margin: cell.comparisonMargin,
        })),
        levels: levelsOf(other),
        xName: other,
        series,
        seriesName: compared,
        axis: plan.responseName,
      }),
    ];
  });
}
