/**
 * Trains every learner on games whose solution is known and writes the tables of docs/methods/verification.md;
 * plays every shipped training on fresh instances without a language model and writes docs/methods/trained-teams.md.
 *
 *   npm run verify:marl -- [--seeds 10] [--leverSeeds 3] [--only two-step,matrix,coma,levers,settings,teams]
 *
 * `--only online [--episodes 16]` measures what learning from a study's own episodes is worth and writes
 * docs/methods/online-learning.md; it is no ground truth, so it is not among the parts by default.
 *
 * Lever pulling takes most of the time, so it has fewer seeds and --processes 2 of its own beside this one.
 *
 * Each part keeps its rows in the page, so a run of some parts leaves the others' rows as they are.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { JsonObject, Simulator, TrainableStrategy } from '../src/contracts/index.ts';
import { startEngine } from '../src/nn/index.ts';
import { comaLearning } from '../src/strategies/coma.ts';
import { qmixLearning } from '../src/strategies/qmix.ts';
import { vdnLearning } from '../src/strategies/vdn.ts';
import { greedyReturn } from '../src/training/index.ts';
import {
  additiveFit,
  additivePayoff,
  climbingPayoff,
  comaSettings,
  largestError,
  monotonicPayoff,
  type Payoff,
  payoffGame,
  randomTables,
  trainOnGame,
  twoStep,
  valueSettings,
} from './verification/games.ts';
import { average, meanInterval } from './verification/interval.ts';
import { leverScores } from './verification/levers-process.ts';
import type { LeverMode } from './verification/levers.ts';
import { onlineTable } from './verification/online.ts';
import { settingsTable } from './verification/settings.ts';
import { teamTable } from './verification/teams.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    leverSeeds: { type: 'string', default: '3' },
    processes: { type: 'string', default: '2' },
    episodes: { type: 'string', default: '16' },
    only: { type: 'string', default: 'two-step,matrix,coma,levers,settings,teams' },
    output: { type: 'string', default: 'docs/methods/verification.md' },
    teams: { type: 'string', default: 'docs/methods/trained-teams.md' },
  },
});
const seeds = Array.from({ length: Number(values.seeds) }, (_, k) => k);
const parts = values.only.split(',');
const rows: string[] = [];
let failed = false;

/** Adds a row: how many seeds passed, and each measured number as a range. */
function report(
  what: string,
  goal: string,
  measured: readonly number[],
  pass: (x: number) => boolean,
  needed: number,
  withMean = false,
) {
  const passed = measured.filter(pass).length;
  const ok = passed >= needed;
  failed ||= !ok;
  const interval = withMean && meanInterval(measured)?.map((x) => x.toFixed(3));
  const range =
    `${Math.min(...measured).toFixed(3)} to ${Math.max(...measured).toFixed(3)}` +
    (interval ? `, mean ${average(measured).toFixed(3)} [${interval.join(', ')}]` : '');
  rows.push(
    `| ${what} | ${goal} | ${range} | ${passed} of ${measured.length} | ${ok ? 'reached' : 'missed'} |`,
  );
  console.log(rows[rows.length - 1]);
  writePage();
}

interface Outcome {
  readonly total: number;
  readonly joints: readonly unknown[];
}

async function outcomes(
  strategy: TrainableStrategy<never>,
  task: Simulator,
  settings: JsonObject,
): Promise<Outcome[]> {
  const found: Outcome[] = [];
  for (const seed of seeds) {
    const { learner, tables } = await trainOnGame(strategy as never, task, settings, seed);
    found.push({
      total: greedyReturn(task, learner.network, null),
      joints: tables.map(({ joint }) => joint),
    });
    learner.dispose();
  }
  return found;
}

await startEngine();
const most = Math.ceil(0.9 * seeds.length);
// Lever pulling goes on beside the other parts, in processes of its own.
const levers = parts.includes('levers')
  ? leverScores(seeds.slice(0, Number(values.leverSeeds)), Number(values.processes))
  : undefined;

if (parts.includes('two-step')) {
  const qmix = await outcomes(qmixLearning as never, twoStep, valueSettings);
  const qmixTables = [[[6.93, 6.93], [7.92, 7.92]], [[7, 7], [7, 7]], [[0, 1], [1, 8]]]; // prettier-ignore
  const errors = (found: Outcome[], tables: unknown) =>
    found.map(({ joints }) => largestError(joints, tables));
  report(
    'QMIX, two-step game: largest error of all tables',
    'at most 0.05',
    errors(qmix, qmixTables),
    (x) => x <= 0.05,
    most,
  );
  report(
    'QMIX, two-step game: return',
    '8',
    qmix.map(({ total }) => total),
    (x) => x === 8,
    most,
  );
  const vdn = await outcomes(vdnLearning as never, twoStep, valueSettings);
  const vdnTables = [[[6.93, 6.93], [6.435, 6.435]], [[7, 7], [7, 7]], [[-1.5, 2.5], [2.5, 6.5]]]; // prettier-ignore
  report(
    'VDN, two-step game: largest distance from the additive fit',
    'at most 0.05',
    errors(vdn, vdnTables),
    (x) => x <= 0.05,
    most,
  );
  report(
    'VDN, two-step game: return',
    '7',
    vdn.map(({ total }) => total),
    (x) => x === 7,
    most,
  );
}

if (parts.includes('matrix')) {
  for (const [name, strategy, settings] of [
    ['VDN', vdnLearning, valueSettings],
    ['QMIX', qmixLearning, valueSettings],
  ] as const) {
    const found = await outcomes(strategy as never, payoffGame(additivePayoff), settings);
    report(
      `${name}, additive game: largest error`,
      'at most 0.05',
      found.map(({ joints }) => largestError(joints[0], additivePayoff)),
      (x) => x <= 0.05,
      most,
    );
  }
  const monotonic = payoffGame(monotonicPayoff);
  const qmix = await outcomes(qmixLearning as never, monotonic, valueSettings);
  report(
    'QMIX, monotonic game: largest error',
    'at most 0.05',
    qmix.map(({ joints }) => largestError(joints[0], monotonicPayoff)),
    (x) => x <= 0.05,
    most,
  );
  const tables: readonly { readonly name: string; readonly payoff: Payoff }[] = [
    { name: 'monotonic game', payoff: monotonicPayoff },
    { name: 'climbing game', payoff: climbingPayoff },
    ...randomTables().map(({ name, payoff }) => ({ name: `random table ${name}`, payoff })),
  ];
  for (const { name, payoff } of tables) {
    const vdn = await outcomes(vdnLearning as never, payoffGame(payoff), valueSettings);
    report(
      `VDN, ${name}: largest distance from the additive fit`,
      'at most 0.05',
      vdn.map(({ joints }) => largestError(joints[0], additiveFit(payoff))),
      (x) => x <= 0.05,
      seeds.length,
    );
  }
}

if (parts.includes('coma')) {
  const needed = Math.ceil(0.8 * seeds.length);
  const games = [['two-step game', twoStep, 8], ['monotonic game', payoffGame(monotonicPayoff), 6]] as const; // prettier-ignore
  for (const [name, game, best] of games) {
    const found = await outcomes(comaLearning as never, game, comaSettings);
    report(
      `COMA, ${name}: return`,
      String(best),
      found.map(({ total }) => total),
      (x) => x === best,
      needed,
    );
  }
}

if (parts.includes('settings')) {
  const page = `${heading('settings-heading.md')}\n\n${settingsTable().join('\n')}\n`;
  writeFileSync('docs/methods/training-options.md', page);
}

if (parts.includes('teams')) {
  const { rows: teamRows, missed } = teamTable(200);
  writeFileSync(values.teams, `${heading('teams-heading.md')}\n${teamRows.join('\n')}\n`);
  console.log(teamRows.join('\n'));
  failed ||= missed;
}

if (parts.includes('online')) {
  const table = await onlineTable(seeds.length, Number(values.episodes));
  writeFileSync('docs/methods/online-learning.md', `${heading('online-heading.md')}\n${table.join('\n')}\n`);
}

if (levers) {
  const scores = await levers;
  const claims: [LeverMode, string, string, (x: number) => boolean][] = [
    ['supervised', 'CommNet, levers, supervised: reward', 'at least 0.94', (x) => x >= 0.94],
    ['policy-gradient', 'CommNet, levers, policy gradient: reward', 'at least 0.90', (x) => x >= 0.9],
    ['default', 'CommNet, levers, by default: reward', 'at least 0.65', (x) => x >= 0.65],
    [
      'silent',
      'Independent agents (no messages), levers, supervised: reward',
      '0.59 +- 0.02',
      (x) => Math.abs(x - 0.59) <= 0.02,
    ],
  ];
  for (const [mode, what, goal, pass] of claims)
    report(what, goal, scores[mode], pass, scores[mode].length, true);
}

if (failed) process.exitCode = 1;

/** After every row, so that a run that is stopped has written what it found. */
function writePage(): void {
  const kept = existsSync(values.output)
    ? rowsOf(readFileSync(values.output, 'utf8'))
    : new Map<string, string>();
  for (const row of rows) kept.set(row.split('|')[1].trim(), row);
  writeFileSync(values.output, `${heading('heading.md')}\n${[...kept.values()].join('\n')}\n`);
}

function heading(file: string): string {
  return readFileSync(new URL(`./verification/${file}`, import.meta.url), 'utf8').trimEnd();
}

/** The rows of a page written before, by what they are about. */
function rowsOf(page: string): Map<string, string> {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|---'));
  const own = lines.slice(start + 1).filter((line) => line.startsWith('| '));
  return new Map(own.map((row) => [row.split('|')[1].trim(), row]));
}
