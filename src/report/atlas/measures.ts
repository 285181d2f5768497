import type { CellMeasures, ItemEstimate } from '../../analysis/index.ts';
import type { FigureTable } from '../figures/index.ts';
import { type Block, note, type Section, text } from './content.ts';
import type { Atlas } from './context.ts';

type Cell = string | number | null;
/** A line of a table, but for where it is. */
type Line = readonly Cell[];

/** What tasks measured beside the score: the best of k attempts, what teams made of single answers, and the monitors. */
export function measuresSection({ measures }: Atlas): Section | undefined {
  if (!measures) return undefined;
  const { cells, alarms } = measures;
  const tables = [
    table(
      'best-of-k',
      'The best of k attempts at one item, without bias. Items with fewer attempts are left out.',
      cells,
      ['of', 'k', ...estimated, 'left out'],
      ({ best }) =>
        best.map(({ name, measure, k, value, leftOut }) => [
          `${name}@${k} (${measure})`,
          k,
          ...shown(value),
          leftOut,
        ]),
    ),
    table(
      'turned',
      'What teams made of what a baseline did with the same items: of right answers the share that is wrong here, and the reverse.',
      cells,
      ['compared with', 'share', ...estimated],
      ({ turned }) =>
        turned.flatMap(({ baseline, toWrong, toRight }) => [
          ...(toWrong ? [[baseline, 'right turned wrong', ...shown(toWrong)]] : []),
          ...(toRight ? [[baseline, 'wrong turned right', ...shown(toRight)]] : []),
        ]),
    ),
    table(
      'gaps',
      'Episodes without a score, because no judge marked them, asked twice; and episodes in which tokens paid for no further round, so that the strategy acted on what it had.',
      cells,
      ['episodes', 'not judged', 'short'],
      ({ episodes, notJudged, short }) => (notJudged + short === 0 ? [] : [[episodes, notJudged, short]]),
    ),
    table(
      'rewarded',
      'Gains over a baseline in what is paid for, and in what is not.',
      cells,
      ['over', 'measure', 'paid for', ...estimated],
      ({ turned }) =>
        turned.flatMap(({ baseline, gains }) =>
          gains.map(({ says, rewarded, value }) => [
            baseline,
            says,
            rewarded ? 'yes' : 'no',
            ...shown(value),
          ]),
        ),
    ),
    table(
      'talks',
      'How agents that answered again, having heard others, changed their minds.',
      cells,
      ['share of', ...estimated],
      ({ talk }) =>
        talk
          ? [
              ['talks in which no answer changed', ...shown(talk.still)],
              ['second answers that differ', ...shown(talk.changed)],
              ...(talk.agreedBefore
                ? [['talks in which all agreed before', ...shown(talk.agreedBefore)]]
                : []),
              ...(talk.agreedAfter ? [['talks in which all agreed after', ...shown(talk.agreedAfter)]] : []),
            ]
          : [],
    ),
    table(
      'contributions',
      'What each agent’s text is worth: how far the score falls with another in its place, and how many failures its text from a success would mend.',
      cells,
      ['agent', 'share', ...estimated],
      ({ contributions }) =>
        contributions.flatMap(({ agent, overStub, overOther, mends }) => [
          [agent, 'fall with a text that does nothing', ...shown(overStub)],
          ...(overOther ? [[agent, 'fall with its text for another item', ...shown(overOther)]] : []),
          ...(mends ? [[agent, 'failures that are its alone', ...shown(mends)]] : []),
        ]),
    ),
    table(
      'kinds',
      'How often each kind is the case. Teams that learn settle on different kinds by seed: the entropy within seeds is then far below that of the mean.',
      cells,
      ['of', 'kind', ...estimated],
      ({ kinds }) =>
        kinds.flatMap(({ name, shares, entropy, entropyWithinSeeds }) => [
          ...shares.map(({ kind, value }) => [name, kind, ...shown(value)]),
          [name, 'entropy in bits', entropy, null, null, null],
          [name, 'entropy within seeds', entropyWithinSeeds, null, null, null],
        ]),
    ),
  ].flatMap((block) => block ?? []);
  const all = table('all-measures', 'Mean of each measure.', cells, ['measure', 'is', ...estimated], (cell) =>
    cell.measures.map(({ name, says, value }) => [name, says, ...shown(value)]),
  );
  return {
    id: 'measures',
    title: 'What was measured',
    blocks: [
      alarms.length > 0
        ? {
            kind: 'list',
            items: alarms.map(({ monitor, text: words }) => [{ strong: `${monitor}: ` }, words]),
          }
        : text(
            'No monitor has anything to say: they look for lazy agents, rewards that are earned without what they stand for, talk that moves nobody, right answers that teams lose, and failures that are one agent’s alone.',
          ),
      note(
        'All intervals are 95% and take items (questions, problems) for independent, never two attempts at one item.',
      ),
      ...tables,
      ...(all
        ? [{ kind: 'details', summary: 'Every measure of every cell', blocks: [all] } satisfies Block]
        : []),
    ],
  };
}

const estimated = ['mean', 'low', 'high', 'items'];

function shown({ estimate, low, high, items }: ItemEstimate): Line {
  return [estimate, low, high, items];
}

/** One line per cell and entry; undefined where no cell has any. What does not vary between cells is no column. */
function table(
  id: string,
  caption: string,
  cells: readonly CellMeasures[],
  columns: readonly string[],
  lines: (cell: CellMeasures) => readonly Line[],
): Extract<Block, { kind: 'table' }> | undefined {
  const places = cells.map(({ model, strategy, task, factors }) => ({
    ...{ task, model, strategy },
    ...Object.fromEntries(Object.entries(factors).map(([name, level]) => [name, JSON.stringify(level)])),
  })) as readonly Readonly<Record<string, string>>[];
  const names = [...new Set(places.flatMap((place) => Object.keys(place)))].filter(
    (name) => name === 'strategy' || new Set(places.map((place) => place[name])).size > 1,
  );
  const rows: FigureTable['rows'] = cells.flatMap((cell, k) =>
    lines(cell).map((line) => [...names.map((name) => places[k][name] ?? ''), ...line]),
  );
  return rows.length === 0
    ? undefined
    : { kind: 'table', id, caption, table: { columns: [...names, ...columns], rows } };
}
