import { interval, textTable } from '../text-table.ts';
import type { CellMeasures, ItemEstimate, StudyMeasures } from './results.ts';

/** What tasks measured beside the score, as people read it. The rest is in the report and in the JSON. */
export function renderMeasures({ cells, alarms }: StudyMeasures): string {
  const best = cells.flatMap((cell) =>
    cell.best.map(({ name, measure, k, value, leftOut }) => [
      ...placeOf(cell),
      `${name}@${k}`,
      measure,
      shown(value),
      String(value.items),
      String(leftOut),
    ]),
  );
  const turned = cells.flatMap((cell) =>
    cell.turned.flatMap(({ baseline, toWrong, toRight }) =>
      (toWrong ?? toRight) ? [[...placeOf(cell), baseline, shown(toWrong), shown(toRight)]] : [],
    ),
  );
  const talks = cells.flatMap((cell) =>
    cell.talk
      ? [[...placeOf(cell), String(cell.talk.talks), shown(cell.talk.still), shown(cell.talk.changed)]]
      : [],
  );
  const gaps = cells.flatMap((cell) =>
    cell.notJudged + cell.short === 0
      ? []
      : [[...placeOf(cell), String(cell.episodes), String(cell.notJudged), String(cell.short)]],
  );
  const place = ['model', 'strategy', 'task'];
  const parts = [
    part(
      'Best of k attempts at one item (95% intervals over items):',
      [...place, 'best', 'measure', 'mean', 'items', 'left out'],
      best,
    ),
    part(
      'What teams made of what a baseline answered:',
      [...place, 'compared with', 'right turned wrong', 'wrong turned right'],
      turned,
    ),
    part(
      'Episodes that no judge marked (they have no score), and those whose tokens paid for no further round:',
      [...place, 'episodes', 'not judged', 'short'],
      gaps,
    ),
    part(
      'Talks in which agents answered again:',
      [...place, 'talks', 'nobody changed', 'answers that changed'],
      talks,
    ),
    alarms.length > 0
      ? `Monitors:\n${alarms.map(({ monitor, text }) => `  ${monitor}: ${text}`).join('\n')}`
      : '',
  ];
  return parts.filter((text) => text !== '').join('\n\n');
}

function part(title: string, header: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `${title}\n${textTable(header, rows)}`;
}

function placeOf({ model, strategy, task, factors }: CellMeasures): readonly string[] {
  const further = Object.entries(factors).map(([name, level]) => `${name} ${JSON.stringify(level)}`);
  return [model, [strategy, ...further].join(', '), task];
}

function shown(value: ItemEstimate | null): string {
  return value ? interval(value.estimate, value.low, value.high) : '-';
}
