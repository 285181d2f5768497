import { expect, it } from 'vitest';
import type { Sample, TeamPlan } from '../../contracts/index.ts';
import { randomStream } from '../../core/index.ts';
import { Critic } from './critic.ts';
import { criticsFor } from './critics.ts';
import { rowsOf, worthOf } from './learn.ts';
import type { Node } from './rollout.ts';
import { tabularTuner } from './tabular.test-support.ts';

const stream = randomStream('critic');
const draw = () => Float32Array.from({ length: 3 }, () => 2 * stream.next() - 1);
const truth = ([a, b, c]: Float32Array) => 2 + 3 * a - b + 0.5 * c;

it('finds what a question is worth, and knows nothing before it was taught', () => {
  const critic = new Critic();
  const states = Array.from({ length: 2000 }, draw);
  expect(critic.value(states[0])).toBe(0);
  critic.teach(states, states.map(truth));
  for (const state of Array.from({ length: 20 }, draw))
    expect(critic.value(state)).toBeCloseTo(truth(state), 1);
});

it('forgets what is twenty updates old, and goes on from a snapshot to the same bits', () => {
  const critic = new Critic();
  const teach = (on: Critic, level: number) => on.teach([draw(), draw()], [level, level]);
  teach(critic, 100);
  for (let k = 0; k < 20; k++) teach(critic, 1);
  expect(critic.value(draw())).toBeCloseTo(1, 12);
  const other = new Critic();
  other.restore(critic.snapshot());
  const state = draw();
  expect(other.value(state)).toBe(critic.value(state));
});

const sample = (text: string): Sample => ({ text, tokens: [2], logProbabilities: Float32Array.of(0) });
const node = (instance: number, rewards: readonly number[], next?: Node): Node => ({
  ...{ instance, path: [], returns: [], ends: [] },
  requests: ['0', '1'].map((who) => ({
    ...{ prefix: '', prompt: `${who} ${instance}`, maxTokens: 1, temperature: 1, seed: 0 },
  })),
  samples: [0, 1].map(() => rewards.map((_, k) => sample(String(k)))),
  outcomes: rewards.map((reward) => ({ reward, own: [reward, -reward] })),
  next: rewards.map(() => next),
});
const plan = { group: 2, grouping: 'aligned', estimator: 'iac', normalise: false, reward: 'joint' } as const;

it('a sample is worth what it earned and what the critic expects after it, less what it expected before', () => {
  const last = node(1, [4, 8]);
  const first = node(0, [1, 3], last);
  const expected = (of: Node) => (of === last ? 5 : 2);
  const weights = (nodes: readonly Node[], own: Partial<TeamPlan> = {}, agent = 0) =>
    rowsOf(nodes, agent, 2, { ...plan, ...own }, expected).map(({ weight }) => 2 * weight);
  expect(weights([first])).toEqual([1 + 5 - 2, 3 + 5 - 2]);
  expect(weights([last])).toEqual([4 - 5, 8 - 5]);
  expect(weights([last], { reward: 'own' }, 1)).toEqual([-4 - 5, -8 - 5]);
  // Without a critic: what was earned, on average, after it.
  expect(worthOf(first, 0, plan)).toEqual([7, 9]);
});

it('a critic reads what its own agent makes of a question, or what all make of theirs', async () => {
  const width = async (estimator: 'iac' | 'maac') => {
    const critics = criticsFor(estimator, 2)!;
    const nodes = [node(0, [1, 2]), node(1, [3, 4])];
    await critics.expect([tabularTuner(['A']), tabularTuner(['A'])], nodes);
    critics.learn(nodes, (of) => of.outcomes[0].reward);
    const [expected] = await critics.expect([tabularTuner(['A']), tabularTuner(['A'])], nodes);
    expect(expected(nodes[1])).toBeGreaterThan(expected(nodes[0]));
    return critics.snapshots()[0]['0.states'].shape[1];
  };
  expect([await width('iac'), await width('maac')]).toEqual([2, 4]);
  expect(criticsFor('marloo', 2)).toBeUndefined();
});

it('own rewards are refused where the task has one for all', () => {
  const joint: Node = { ...node(0, [1, 2]), outcomes: [{ reward: 1 }, { reward: 2 }] };
  expect(() => worthOf(joint, 0, { reward: 'own' })).toThrow('The task pays nobody for its own part');
});
