import { expect, it } from 'vitest';
import { syntheticAtlas } from '../../../test/support/atlas-input.ts';
import type { Figure } from '../figures/index.ts';
import type { AtlasInput } from './context.ts';
import { atlasSections } from './index.ts';

const figure = (input: AtlasInput, id: string): Figure | undefined =>
  atlasSections(input)
    .find((section) => section.id === 'cost')!
    .blocks.flatMap((block) => (block.kind === 'figure' ? [block.figure] : []))
    .find((own) => own.id === id);
type Drawn = readonly [cost: string | number | null, front: string | number | null];
const cells = (own: Figure | undefined, where: string): Readonly<Record<string, Drawn>> =>
  Object.fromEntries(
    own!.table.rows
      .filter(([panel]) => panel === where)
      .map((row): [string, Drawn] => [String(row[1]), [row[5], row[8]]]),
  );

it('draws the score against questions and, by the clock, seconds; the cheapest of each is on the front', async () => {
  const plain = await syntheticAtlas({ name: 'costs', seeds: 3, models: 2, intactOnly: true });
  expect(figure(plain, 'cost-seconds')).toBeUndefined();
  const asked = Object.values(cells(figure(plain, 'cost-questions'), 'coverage'));
  expect(asked.length).toBeGreaterThan(2);
  for (const [questions] of asked) expect(questions).toBeGreaterThan(0);
  expect(asked.filter(([, front]) => front === 'yes').length).toBeGreaterThan(0);

  const { strategies, tasks } = plain.study.definition;
  const seconds = tasks.flatMap(({ label: task }, t) =>
    strategies.map(({ label: strategy }, s) => ({ strategy, task, seconds: 1 + s + 10 * t })),
  );
  const drawn = figure({ ...plain, seconds }, 'cost-seconds');
  const [first] = strategies;
  expect(cells(drawn, tasks[1].label)[first.label]).toEqual([11, 'yes']);
  // Over all tasks it is the mean of theirs.
  expect(cells(drawn, 'all tasks')[first.label]).toEqual([1 + (10 * (tasks.length - 1)) / 2, 'yes']);
});
