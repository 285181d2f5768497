/**
 * Simulates studies that grow until they know, and writes how often what they say is wrong and how many runs they save:
 * docs/methods/looks.md.
 *
 *   npm run verify:looks -- [--studies 2000] [--first 10] [--most 80] [--output FILE]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { randomStream } from '../src/core/index.ts';
import { looksBetween } from '../src/study/looks.ts';
import { grow, type Grown, levelsFor } from '../test/calibration/looks.ts';
import { settings, strategies, tasks, type Setting } from '../test/calibration/settings.ts';

const { values } = parseArgs({
  options: {
    studies: { type: 'string', default: '2000' },
    first: { type: 'string', default: '10' },
    most: { type: 'string', default: '80' },
    output: { type: 'string', default: 'docs/methods/looks.md' },
  },
});
const studies = Number(values.studies);
const most = Number(values.most);
const looks = looksBetween(Number(values.first), most);
const margin = 0.1;
/** Paired differences of independent scores scatter by 0.25, between those of coverage and of assembly. */
const deviation = 0.25 / Math.SQRT2;

type Gain = (task: number, s: number) => number;
const none: Gain = () => 0;
const one: Gain = (_, s) => (s === 1 ? margin : 0);
const all: Gain = (_, s) => (s > 0 ? margin : 0);
const half: Gain = (_, s) => (s > 0 ? -margin : 0);

const scaleOf = ({ deviation: own, name }: Setting) =>
  own === undefined ? (name === 'residuals' ? 1 : 0.5 * deviation) : deviation / own;

/** Plays the studies of one row; the same dice whatever the plan and the gains. */
function played(setting: Setting, plan: readonly number[], gain: Gain): Grown[] {
  const levels = levelsFor(plan);
  const growing = { looks: plan, scale: scaleOf(setting), gain };
  return Array.from({ length: studies }, (_, i) =>
    grow(setting, growing, levels, randomStream('verify-looks', setting.name, i)),
  );
}

type Claim = Grown['claims'][number];
const share = (rows: readonly Grown[], wrong: (claim: Claim) => boolean) =>
  rows.filter(({ claims }) => claims.some(wrong)).length / rows.length;
const percent = (value: number) => (100 * value).toFixed(1);
const runsOf = (rows: readonly Grown[]) => rows.reduce((sum, { runs }) => sum + runs, 0) / rows.length;

/** Of all strategies of all tasks, the share that was dropped. */
function droppedShare(rows: readonly Grown[]): number {
  const claims = rows.flatMap((row) => row.claims);
  return claims.filter(({ how }) => how === 'dropped').length / claims.length;
}

/** Of the claims that could be right, the share that was made. */
function power(rows: readonly Grown[], gain: Gain): number {
  let [found, of] = [0, 0];
  for (const { claims } of rows)
    for (const { task, s, shown } of claims) {
      if (gain(task, s) <= 0) continue;
      of++;
      if (shown === 'gain') found++;
    }
  return found / of;
}

/** The fewest seeds at which a fixed design has that power. */
function fixedSeeds(setting: Setting, gain: Gain, wanted: number): number {
  let [low, high] = [2, most];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (power(played(setting, [middle], gain), gain) >= wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

const misses = (gain: Gain) => (claim: Claim) => {
  const { task, s, low, high } = claim;
  return low !== null && high !== null && (low > gain(task, s) || high < gain(task, s));
};

const errorHeads = [
  'scores',
  'a gain is shown somewhere (2.5)',
  'a harm (2.5)',
  'some interval misses 0 (5)',
  'intervals that contain 0 (at least 94)',
  'as good, all truly 0.1 better (5)',
  'as good, all truly 0.1 worse (5)',
  'strategies dropped, all truly 0.1 better',
];
const errors = settings.map((setting) => {
  const rows = played(setting, looks, none);
  const above = played(setting, looks, all);
  const below = played(setting, looks, half);
  const asGood = (claim: Claim) => claim.how === 'as good';
  const claims = rows.flatMap((row) => row.claims);
  const inside = 1 - claims.filter(misses(none)).length / claims.filter(({ low }) => low !== null).length;
  return [
    setting.title,
    ...[
      share(rows, ({ shown }) => shown === 'gain'),
      share(rows, ({ shown }) => shown === 'harm'),
      share(rows, misses(none)),
      inside,
      // Real residuals differ between tasks by more than a margin can bridge.
      ...(setting.name === 'residuals' ? [NaN, NaN] : [share(above, asGood), share(below, asGood)]),
      droppedShare(above),
    ].map((value) => (Number.isNaN(value) ? '-' : percent(value))),
  ];
});

const [normal] = settings;
const planned = most * tasks * strategies;
const oneBetter = played(normal, looks, one);
const onePower = power(oneBetter, one);
const oneFixed = fixedSeeds(normal, one, onePower);
const allBetter = played(normal, looks, all);
const allPower = power(allBetter, all);
const allFixed = fixedSeeds(normal, all, allPower);
const nothing = played(normal, looks, none);
const saved = (title: string, rows: readonly Grown[], found: number | undefined, fixed: number) => [
  title,
  found === undefined ? '-' : found.toFixed(3),
  runsOf(rows).toFixed(0),
  `${fixed} seeds, ${fixed * tasks * strategies}`,
  (runsOf(rows) / (fixed * tasks * strategies)).toFixed(2),
  (runsOf(rows) / planned).toFixed(2),
];
const savings = [
  saved('one strategy gains 0.1 on every task', oneBetter, onePower, oneFixed),
  saved('none gains', nothing, undefined, oneFixed),
  saved('all gain 0.1 on every task', allBetter, allPower, allFixed),
];

/** What is beyond its bound by more than three standard errors, in words. */
const bounds = [undefined, 2.5, 2.5, 5, undefined, 5, 5];
const failed = errors.flatMap(([title, ...rates]) =>
  rates.flatMap((rate, i) => {
    const bound = bounds[i + 1];
    if (bound === undefined || rate === '-') return [];
    const error = 100 * Math.sqrt(((bound / 100) * (1 - bound / 100)) / studies);
    return Number(rate) > bound + 3 * error ? [`${title}: ${errorHeads[i + 1]} in ${rate}%`] : [];
  }),
);

const table = (heads: readonly string[], rows: readonly (readonly string[])[]) =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const heading = readFileSync(new URL('verification/looks-heading.md', import.meta.url), 'utf8').trimEnd();
const levels = levelsFor(looks);
const text = `${heading}

## What was simulated

\`npm run verify:looks\`: ${studies} studies a row of ${strategies} strategies on ${tasks} tasks, looks at ${looks.join(', ')} seeds, margin ${margin}. Paired differences scatter by 0.25, but for the residuals of the quick study, which are as they were. The levels of the looks, for gains of the whole study: ${levels.gains.map((x) => x.toPrecision(2)).join(', ')}.

## How often it is wrong (percent of studies)

No strategy has an effect; in the last three columns every strategy truly differs by exactly the margin. The last one is no error rate of a study: it is the share of strategies whose gain of 0.1 was given up. A rate of 2.5 has a standard error of ${percent(Math.sqrt((0.025 * 0.975) / studies))}.

${table(errorHeads, errors)}

${failed.length === 0 ? 'Every rate passes.' : `Rates that do not pass: ${failed.join('; ')}.`}

## How many runs it takes

Normal scores. Beside it, the fixed design whose power is equal: the smallest number of seeds at which it finds as many of the true gains.

${table(['truth', 'true gains found', 'mean runs', 'fixed design of equal power', 'share of its runs', `share of the ${planned} that were allowed`], savings)}
`;
writeFileSync(values.output, await format(text, { parser: 'markdown', printWidth: 110 }));
console.log(`Wrote ${values.output}.`);
