/**
 * How often the intervals of the coupling profile hold the truth, in five games whose answers are known, and the
 * profiles of the tasks of the default study. Writes the tables of docs/methods/coupling-profile.md.
 *
 *   npm run verify:profile -- [--seeds 100] [--episodes 200]
 *
 * Ends with an error where fewer than 90% of a game's seeds, or 93% of all, hold the truth of every measure.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { couplingProfile, type CouplingProfile, type ProfileMeasure } from '../src/analysis/index.ts';
import { createTask, type JsonObject, simulatorOf } from '../src/contracts/index.ts';
import * as tasks from '../src/tasks/index.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    episodes: { type: 'string', default: '200' },
    output: { type: 'string', default: 'docs/methods/coupling-profile.md' },
  },
});
const seeds = Number(values.seeds);
const episodes = Number(values.episodes);

type Name = 'beyondAdditive' | 'beyondMonotone' | 'reach' | 'privateInformation' | 'redundancy';
const names: readonly Name[] = [
  'beyondAdditive',
  'beyondMonotone',
  'reach',
  'privateInformation',
  'redundancy',
];

const simulator = (definition: (typeof tasks)[keyof typeof tasks], options: JsonObject) => {
  const own = definition as typeof tasks.coverage;
  return simulatorOf(createTask(own, own.optionsSchema.parse(options)), 'A profile');
};

// Truths of single-shot games: analysis of variance, and isotonic regression over all orders by its min-max formula.
// Of the two-step game by enumeration (src/analysis/profile/coupling-profile.test.ts). null: not estimable.
const games: readonly {
  readonly name: string;
  readonly task: ReturnType<typeof simulator>;
  readonly truth: readonly (number | null)[];
}[] = [
  {
    name: 'additive matrix',
    task: simulator(tasks.matrixGame, { payoff: [[0, 1, 5], [2, 3, 7], [-4, -3, 1]] }), // prettier-ignore
    truth: [0, 0, 0, 0, 1],
  },
  {
    name: 'monotone matrix',
    task: simulator(tasks.matrixGame, { payoff: [[0, 1, 2], [1, 2, 6], [2, 6, 20]] }), // prettier-ignore
    truth: [0.2631578947368421, 0, 0, 0, 1],
  },
  {
    name: 'climbing (not monotone)',
    task: simulator(tasks.matrixGame, { payoff: 'climbing' }),
    truth: [0.8189167340339532, 0.5183479616583901, 0, 0, 1],
  },
  {
    name: 'two-step game',
    task: simulator(tasks.twoStepGame, {}),
    truth: [0.5625 / 6.375, 0, 3.8125 / 6.375, 0, 1],
  },
  {
    name: 'lever pulling, 2 agents',
    task: simulator(tasks.leverPulling, { agents: 2 }),
    truth: [1, 2 / 3, 0, null, null],
  },
];

const holds = (own: ProfileMeasure, truth: number | null) => {
  if (truth === null || own.estimate === null) return truth === own.estimate;
  // Without any spread between situations the interval is a point, right to rounding.
  return own.low !== null && own.low - 1e-7 <= truth && truth <= own.high! + 1e-7;
};

let all = 0;
let failed = false;
const rows = games.map(({ name, task, truth }) => {
  const profiles = Array.from({ length: seeds }, (_, seed) =>
    couplingProfile(task, name, { seed, episodes }),
  );
  const covered = names.map((measure, m) => profiles.filter((own) => holds(own[measure], truth[m])).length);
  const every = profiles.filter((own) => names.every((measure, m) => holds(own[measure], truth[m]))).length;
  all += every;
  if (covered.some((count) => count < 0.9 * seeds) || every < 0.9 * seeds) failed = true;
  const cells = truth.map((x, m) => `${x === null ? 'not estimable' : x.toFixed(3)} (${covered[m]})`);
  return `| ${name} | ${cells.join(' | ')} | ${every} |`;
});
if (all < 0.93 * seeds * games.length) failed = true;

const text = (own: ProfileMeasure) =>
  own.estimate === null
    ? `not estimable: ${own.reason}`
    : `${own.estimate.toFixed(2)} [${own.low?.toFixed(2) ?? '-'}, ${own.high?.toFixed(2) ?? '-'}]`;
const profiled = ['coverage', 'foraging', 'assembly', 'hiddenProfile'] as const;
const measured = profiled.map((id) => {
  const profile: CouplingProfile = couplingProfile(simulator(tasks[id], {}), tasks[id].id, { episodes });
  return `| ${profile.task} | ${names.map((name) => text(profile[name])).join(' | ')} |`;
});

const head = '| beyond additive | beyond monotone | reach (steps) | private information | redundancy |';
const table = [
  `Truth, and in brackets how many of ${seeds} seeds have an interval that holds it; ${episodes} episodes each. All measures at once: ${all} of ${seeds * games.length}.`,
  '',
  `| game ${head} all at once |`,
  '|---|---|---|---|---|---|---|',
  ...rows,
  '',
  `The tasks of the default study, ${episodes} episodes, seed 0:`,
  '',
  `| task ${head}`,
  '|---|---|---|---|---|---|',
  ...measured,
].join('\n');
const page = readFileSync(values.output, 'utf8');
const [before, rest] = page.split('<!-- measured -->\n');
const [, after] = rest.split('<!-- end of what was measured -->');
writeFileSync(
  values.output,
  `${before}<!-- measured -->\n${table}\n<!-- end of what was measured -->${after}`,
);
console.log(table);
if (failed) {
  console.error('Intervals hold the truth too rarely.');
  process.exitCode = 1;
}
