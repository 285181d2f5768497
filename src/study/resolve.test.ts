import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ModelDefinition, StrategyDefinition } from '../contracts/index.ts';
import { InputError, systemClock } from '../core/index.ts';
import { scripted } from '../models/index.ts';
import { scriptedOptions } from '../models/scripted.ts';
import { none } from '../strategies/index.ts';
import { coverage } from '../tasks/index.ts';
import { type Catalogue, parseStudyYaml, prepareStudy, resolveStudy } from './index.ts';

const withMessages: StrategyDefinition = {
  ...none,
  id: 'talker',
  parts: ['messages', 'credit'],
  optionsSchema: z.strictObject({ rounds: z.int().default(1) }),
};
/** A model whose id goes on with an argument, as those of services do. */
const served: ModelDefinition<{ name: string; retries: number }> = {
  ...scripted,
  id: 'served',
  optionsSchema: z.strictObject({
    name: z.string('name the model, as in "served:small"'),
    retries: z.int().default(3),
  }),
  operationalOptions: ['retries'],
  optionsFromArgument: (argument) => {
    if (argument === '') throw new InputError('A model is missing after "served:", as in "served:small".');
    return { name: argument };
  },
  create: (_, context) => scripted.create(scriptedOptions.parse({}), context),
};
const other = { ...coverage, id: 'other', optionsSchema: z.strictObject({ agents: z.int().default(2) }) };
const catalogue: Catalogue = {
  models: [scripted, served],
  strategies: [none, withMessages],
  tasks: [coverage, other],
};

it('says of a file that only holds definitions that it is no study, and what to run', () => {
  const file = (value: object) => () =>
    resolveStudy({ value, placeOf: () => ({ file: 'agentmesh.config.ts' }) }, catalogue);
  const message =
    /holds definitions and no study.*\(tasks: \[other\]; strategies: \[talker\]\).*agentmesh run study/s;
  expect(file({ strategies: [withMessages], tasks: [{ id: other, agents: 3 }] })).toThrow(message);
  expect(file({ strategies: ['none'] })).toThrow(/name: expected string|name/);
  expect(file({ strategies: [withMessages], seeds: 3 })).toThrow(/study: name/);
});

const resolveYaml = (text: string) => resolveStudy(parseStudyYaml(text, 'study.yaml'), catalogue);
const minimal = `name: quick
models: [scripted]
strategies: [none]
tasks: [coverage]
`;

describe('a study file', () => {
  it('gets its defaults', () => {
    const study = resolveYaml(minimal);
    expect(study.seeds).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(study.settings).toMatchObject({
      episodes: 1,
      maxInteractions: 20,
      concurrency: 32,
      temperature: 1,
    });
  });

  it('takes options beside an id, lists of seeds and budgets in scientific notation', () => {
    const study = resolveYaml(`name: q
models: [{id: scripted, label: slow, latencyMs: 5}]
strategies: [none]
tasks: [coverage, {id: coverage, label: small, grid: 5}]
seeds: [3, 1]
budget: {tokens: 5e6, usd: 5}`);
    expect(study.seeds).toEqual([3, 1]);
    expect(study.models[0]).toMatchObject({ label: 'slow', options: { latencyMs: 5 } });
    expect(study.tasks.map((t) => [t.label, t.options])).toEqual([
      ['coverage', {}],
      ['small', { grid: 5 }],
    ]);
    expect(study.settings.budget).toEqual({ tokens: 5e6, usd: 5 });
  });

  it('derives a variant per strategy and ablated part, named after both', () => {
    const study = resolveYaml(minimal.replace('[none]', '[none, talker]') + 'ablations: [messages, credit]');
    expect(study.strategies.map((s) => [s.label, s.without])).toEqual([
      ['none', []],
      ['talker', []],
      ['talker-messages', ['messages']],
      ['talker-credit', ['credit']],
    ]);
  });

  it('finds what a further factor varies: a setting, or an option of all tasks, models or strategies', () => {
    const study = resolveYaml(minimal + 'factors: {temperature: [0.5, 1], grid: [5, 7], latencyMs: [0, 1]}');
    expect(study.factors.map((f) => [f.name, f.target])).toEqual([
      ['temperature', 'study'],
      ['grid', 'tasks'],
      ['latencyMs', 'models'],
    ]);
  });

  it('reads what follows the id of a model as options, and labels the level with the whole', () => {
    const study = resolveYaml(
      minimal.replace('[scripted]', '["served:http://here#a:b", {id: served:small, retries: 9}]'),
    );
    expect(study.models.map((m) => [m.label, m.options])).toEqual([
      ['served:http://here#a:b', { name: 'http://here#a:b' }],
      ['served:small', { name: 'small', retries: 9 }],
    ]);
  });

  it('hashes options that change answers, and not those that change how a service is reached', async () => {
    const hashes = async (model: string) => {
      const study = resolveYaml(minimal.replace('[scripted]', `[${model}]`) + 'seeds: 1\n');
      const prepared = await prepareStudy(study, { clock: systemClock, workers: 1 });
      await prepared.close();
      return prepared.runs.map((run) => run.hash);
    };
    const usual = await hashes('served:small');
    expect(await hashes('{id: served:small, retries: 9}')).toEqual(usual);
    expect(await hashes('served:large')).not.toEqual(usual);
  });
});

// Each wrong input is one clear error: what is wrong, where, and what would be right.
const wrong: readonly [what: string, yaml: string, place: string, message: RegExp][] = [
  ['no YAML', 'name: [unclosed\nmodels: 3', 'study.yaml:2', /not valid YAML/],
  ['not a mapping', '- a\n- b\n', 'study.yaml:1', /list of settings/],
  ['an empty file', '', 'study.yaml:1', /list of settings/],
  [
    'an unknown setting',
    minimal + 'seed: 3\n',
    'study.yaml:5',
    /Unknown setting "seed".*Did you mean "seeds"/,
  ],
  ['a missing setting', 'name: q\nmodels: [scripted]\nstrategies: [none]\n', 'study.yaml:1', /tasks/],
  ['a wrong type', minimal + 'seeds: many\n', 'study.yaml:5', /seeds.*number/],
  ['a negative count', minimal + 'episodes: -1\n', 'study.yaml:5', /episodes/],
  ['a name that is a path', minimal.replace('quick', '../../etc'), 'study.yaml:1', /name/],
  [
    'an unknown task',
    minimal.replace('[coverage]', '[covrage]'),
    'study.yaml:4',
    /Unknown task "covrage".*"coverage"/,
  ],
  [
    'an unknown model',
    minimal.replace('[scripted]', '\n  - script'),
    'study.yaml:3',
    /Unknown model "script"/,
  ],
  [
    'an unknown model with an argument',
    minimal.replace('[scripted]', '["servd:x"]'),
    'study.yaml:2',
    /Unknown model "servd".*"served"/,
  ],
  [
    'an argument that the model cannot read',
    minimal.replace('[scripted]', '["served:"]'),
    'study.yaml:2',
    /missing after "served:"/,
  ],
  [
    'an argument for a model that takes none',
    minimal.replace('[scripted]', '["scripted:fast"]'),
    'study.yaml:2',
    /takes nothing after its id/,
  ],
  [
    'an argument that is missing',
    minimal.replace('[scripted]', '[served]'),
    'study.yaml:2',
    /name the model, as in "served:small"/,
  ],
  [
    'an argument and its option at once',
    minimal.replace('[scripted]', '[{id: served:small, name: large}]'),
    'study.yaml:2',
    /already says its name/,
  ],
  ['an unknown strategy', minimal.replace('[none]', '[qmx]'), 'study.yaml:3', /Unknown strategy "qmx"/],
  [
    'an unknown option',
    minimal.replace('[coverage]', '[{id: coverage, gird: 5}]'),
    'study.yaml:4',
    /"gird".*"grid"/,
  ],
  [
    'an option of a wrong type',
    minimal.replace('[coverage]', '[{id: coverage, grid: big}]'),
    'study.yaml:4',
    /grid/,
  ],
  [
    'an option out of range',
    minimal.replace('[coverage]', '[{id: coverage, grid: 1}]'),
    'study.yaml:4',
    /grid.*>=3/,
  ],
  ['duplicate seeds', minimal + 'seeds: [1, 2, 1]\n', 'study.yaml:5', /seed "1" is listed twice/],
  ['no seeds', minimal + 'seeds: []\n', 'study.yaml:5', /at least one seed/],
  ['no tasks', minimal.replace('[coverage]', '[]'), 'study.yaml:4', /at least one task/],
  [
    'a task twice',
    minimal.replace('[coverage]', '[coverage, coverage]'),
    'study.yaml:4',
    /"coverage" is listed twice.*label/,
  ],
  ['an empty factor', minimal + 'factors: {grid: []}\n', 'study.yaml:5', /at least one level/],
  ['an unknown factor', minimal + 'factors: {gird: [5]}\n', 'study.yaml:5', /Unknown factor "gird".*"grid"/],
  ['a level twice', minimal + 'factors: {grid: [5, 5]}\n', 'study.yaml:5', /level 5 .* twice/],
  [
    'a level out of range',
    minimal + 'factors: {temperature: [1, -2]}\n',
    'study.yaml:5',
    /-2 is no temperature/,
  ],
  ['an option level out of range', minimal + 'factors: {grid: [5, 99]}\n', 'study.yaml:5', /grid/],
  [
    'a factor of some tasks',
    minimal.replace('[coverage]', '[coverage, other]') + 'factors: {grid: [5]}\n',
    'study.yaml:5',
    /not of "other"/,
  ],
  [
    'a factor that is also an option',
    minimal.replace('[coverage]', '[{id: coverage, grid: 5}]') + 'factors: {grid: [5, 7]}\n',
    'study.yaml:4',
    /at once/,
  ],
  ['an unknown ablation', minimal + 'ablations: [mesages]\n', 'study.yaml:5', /credit.*messages.*shaping/],
  [
    'an ablation nobody has',
    minimal + 'ablations: [credit]\n',
    'study.yaml:5',
    /No strategy of this study has the part/,
  ],
  ['an unknown budget', minimal + 'budget: {token: 5}\n', 'study.yaml:5', /Unknown setting "token"/],
];

describe('a wrong study file is answered with what, where and what would be right', () => {
  it.each(wrong)('%s', (_, yaml, place, message) => {
    let error: unknown;
    try {
      resolveYaml(yaml);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toContain(place);
    expect((error as InputError).exitCode).toBe(2);
  });
});
