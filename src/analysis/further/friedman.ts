import { friedmanTest } from '../../stats/index.ts';
import { armsByPlace } from './arms.ts';
import { type FurtherStatistic, withoutRows } from './further.ts';
import { placeText } from '../places.ts';

/** Friedman's test over the blocks of each place and over the means of all places, with Nemenyi's comparison of pairs. */
export const friedman: FurtherStatistic = {
  id: 'friedman',
  title: 'Friedman test of ranks within blocks, and Nemenyi’s comparison of all pairs',
  compute: (context) => {
    const { plan, arranged } = context;
    if (!arranged) return withoutRows('ranks within blocks need blocks: name their columns with --block');
    const places = armsByPlace(context);
    const levels = [...places[0].arms.keys()];
    const rowsOf = ({ arms }: (typeof places)[number]) => {
      const all = [...arms.values()];
      const rows = all[0].map((_, block) => all.map((scores) => scores[block]));
      return rows.filter((row) => !row.some(Number.isNaN));
    };
    const sets = [
      {
        where: 'places as blocks',
        rows: places.map((place) => meansOf(rowsOf(place))).filter((row) => row.length > 0),
      },
      ...places.map((place) => ({ where: placeText(place.at), rows: rowsOf(place) })),
    ];
    const tables = sets.flatMap(({ where, rows }) => {
      const tied = rows.every((row) => row.every((value) => value === row[0]));
      return rows.length < 2 || tied ? [] : [{ where, test: friedmanTest(rows, 1 - plan.confidence) }];
    });
    return {
      columns: [
        'where',
        'level',
        'mean rank',
        'Friedman χ²',
        'p',
        'critical difference',
        'differs from (Nemenyi)',
      ],
      rows: tables.flatMap(({ where, test }) =>
        levels.map((level, i) => [
          where,
          level,
          test.meanRanks[i],
          i === 0 ? test.chiSquare : null,
          i === 0 ? test.p : null,
          i === 0 ? test.criticalDifference : null,
          levels.filter((_, j) => test.nemenyi[i][j] <= 1 - plan.confidence).join(', '),
        ]),
      ),
      notes: ['the highest score has the highest rank; blocks without a score of every level are left out'],
    };
  },
};

function meansOf(rows: readonly (readonly number[])[]): number[] {
  if (rows.length === 0) return [];
  return rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length);
}
