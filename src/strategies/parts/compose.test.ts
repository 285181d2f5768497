import { describe, expect, it } from 'vitest';
import { simulated, type StrategyContext, type StrategyDefinition } from '../../contracts/index.ts';
import { InputError, randomStream } from '../../core/index.ts';
import { coverage } from '../../tasks/coverage.ts';
import { commnet } from '../commnet.ts';
import { uninformative } from '../uninformative.ts';
import { untrained } from '../untrained.ts';
import { vdn } from '../vdn.ts';
import { composeStrategy } from './compose.ts';
import { type AgentView, coordinatorOf } from './protocol/advised.ts';

const taskOptions = coverage.optionsSchema.parse({});
const task = coverage.create(taskOptions);
const context: StrategyContext = {
  task: simulated(task),
  taskId: 'coverage',
  taskOptions,
  seed: 0,
  adviceStrength: 0.5,
};

/** What the agents see in two steps of one episode. */
const [first, second] = [0, 1].map((k) => {
  const environment = task.start(task.generate(randomStream('compose', k)));
  return task.agentNames.map((_, i): AgentView => {
    const features = new Float32Array(task.featureLength);
    environment.features(i, features);
    const availableActions = environment.availableActions(i);
    return { features, availableActions, ...(k === 1 && { lastAction: availableActions[0] }) };
  });
});

async function plays(definition: StrategyDefinition, without: readonly ('credit' | 'messages')[] = []) {
  const strategy = await definition.create(definition.optionsSchema.parse({}), context, without);
  const coordinator = coordinatorOf(strategy.begin(randomStream('episode')));
  return [first, second].map((views) => coordinator.coordinate(views));
}

describe('composeStrategy', () => {
  const mixed = composeStrategy({
    id: 'mixed',
    advice: untrained,
    broadcast: { id: commnet, rounds: 1 },
    feedback: vdn,
  });

  it('takes each part from its own source and nothing else', async () => {
    const composed = await plays(mixed);
    const [advising, talking, rating] = [await plays(untrained), await plays(commnet), await plays(vdn)];
    composed.forEach((step, t) =>
      step.forEach((told, i) => {
        expect(told.advice).toEqual(advising[t][i].advice);
        expect(told.broadcast).toBe(talking[t][i].broadcast);
        expect(told.feedback).toBe(rating[t][i].feedback);
      }),
    );
    expect(composed[1].every(({ feedback }) => feedback !== undefined)).toBe(true);
  });

  it('has the parts of what it is made of, and loses them everywhere', async () => {
    expect(mixed.parts).toContain('credit');
    expect(mixed.parts).toContain('messages');
    const quiet = (await plays(mixed, ['messages'])).flat();
    expect(quiet.every(({ broadcast }) => broadcast === undefined)).toBe(true);
    expect(quiet.every(({ advice }) => advice !== undefined)).toBe(true);
    expect((await plays(mixed, ['credit'])).flat().every(({ feedback }) => feedback === undefined)).toBe(
      true,
    );
  });

  it('takes own functions of what each agent sees', async () => {
    const bold = composeStrategy({
      id: 'bold',
      advice: (views) =>
        views.map(({ availableActions }) => availableActions.map((_, k) => (k === 0 ? 1 : 0))),
      broadcast: (views) =>
        views.map(({ availableActions }, i) => (i === 0 ? availableActions[0] : undefined)),
    });
    const [step] = await plays(bold);
    expect(step[0]).toEqual({ advice: first[0].availableActions.map((_, k) => (k === 0 ? 1 : 0)), broadcast: first[0].availableActions[0] }); // prettier-ignore
    expect(Object.keys(step[1])).toEqual(['advice']);
  });

  it('gives every part random numbers of its own', async () => {
    const talkers = { id: 'talkers', broadcast: uninformative };
    const advised = { ...talkers, advice: untrained };
    const said = (all: Awaited<ReturnType<typeof plays>>) => all.flat().map(({ broadcast }) => broadcast);
    expect(said(await plays(composeStrategy(advised)))).toEqual(said(await plays(composeStrategy(talkers))));
  });

  it('refuses wrong options at once, and a wrong number of values with the remedy', async () => {
    expect(() => composeStrategy({ id: 'x', advice: { id: vdn, gama: 1 } })).toThrow(InputError);
    expect(() => composeStrategy({ id: 'x', advice: { id: vdn, gama: 1 } })).toThrow(/"vdn" in "x".*gama/s);
    await expect(plays(composeStrategy({ id: 'short', broadcast: () => [1] }))).rejects.toThrow(
      /own broadcast of "short" returned 1 values for 3 agents/,
    );
  });

  it('names its sources in the fingerprint, so that another source is another run', async () => {
    const print = async (definition: StrategyDefinition) =>
      JSON.stringify((await definition.create({}, context, [])).fingerprint);
    const a = await print(composeStrategy({ id: 'x', broadcast: commnet }));
    const b = await print(composeStrategy({ id: 'x', broadcast: uninformative }));
    expect(a).not.toBe(b);
    expect(a).toContain('"from":"commnet"');
  });
});
