import { describe, expect, it } from 'vitest';
import type { Simulation, Simulator } from '../../contracts/index.ts';
import {
  type Demonstration,
  demonstrations,
  type DemonstrationSettings,
  type Told,
} from './demonstrations.ts';

const settings: DemonstrationSettings = { noise: [0], broadcasts: ['none'], feedback: ['none'] };

/**
 * Two agents count to 4, one step at a time; in odd steps the second has one action only. The expert says "b",
 * or the action that its teammate announced.
 */
const counting: Simulator<number> = {
  agentNames: ['Ann', 'Bob'],
  horizon: 4,
  actions: ['a', 'b', 'c'],
  featureLength: 0,
  stateLength: 0,
  rules: 'Count.',
  generate: (stream) => stream.integer(0, 99),
  start: (instance): Simulation => {
    let time = 0;
    const self: Simulation = {
      get time() {
        return time;
      },
      get done() {
        return time === 4;
      },
      availableActions: (agent) => (agent === 1 && time % 2 === 1 ? [1] : [0, 1, 2]),
      observe: () => `Instance ${instance} step ${time}.`,
      features: () => undefined,
      state: () => undefined,
      step: (joint) => {
        trajectory.push(joint);
        time++;
        return 0;
      },
      snapshot: () => time,
      restore: (t) => {
        time = t as number;
      },
      copy: () => counting.start(instance),
    };
    return self;
  },
  oracle: () => 1,
  expert: (_, agent, announced) => announced[1 - agent] ?? 1,
};
const trajectory: (readonly number[])[] = [];
const compose = (told: Told) => JSON.stringify(told);

function take(count: number, over: Partial<DemonstrationSettings>, seed = 0) {
  trajectory.length = 0;
  const out: (Demonstration & { told: Told })[] = [];
  const source = { taskId: 'counting', variant: 'default', task: counting };
  for (const d of demonstrations(source, compose, seed, { ...settings, ...over })) {
    out.push({ ...d, told: JSON.parse(d.prompt) as Told });
    if (out.length === count) break;
  }
  return out;
}

describe('demonstrations', () => {
  it('are one per agent that has a choice, with the expert as its answer', () => {
    const [first, second, third, fourth] = take(7, {});
    expect(first.told).toEqual({
      agentName: 'Ann',
      observation: first.told.observation,
      availableActions: ['a', 'b', 'c'],
      broadcasts: [],
    });
    expect([first, second, third, fourth].map(({ told }) => told.agentName)).toEqual([
      'Ann',
      'Bob',
      'Ann',
      'Ann',
    ]);
    expect(first.answer).toBe('b');
  });

  it('act at random in the share asked for, with clean answers', () => {
    const list = take(2000, { noise: [0.5] });
    expect(new Set(list.map(({ answer }) => answer))).toEqual(new Set(['b']));
    const acted = trajectory.map((joint) => joint[0]);
    // Half of the actions are the expert's, a third of the other half happens to be.
    const share = acted.filter((a) => a === 1).length / acted.length;
    expect(Math.abs(share - 2 / 3)).toBeLessThan(0.05);
  });

  it('have truthful broadcasts that teammates keep, and an expert that best-responds', () => {
    const list = take(1200, { noise: [1], broadcasts: ['truthful'] });
    const kept = trajectory.flatMap((joint, t) => (t % 2 === 0 ? [joint[1]] : []));
    const ann = list.filter(({ told }) => told.agentName === 'Ann' && told.observation.match(/step [02]/));
    expect(ann.length).toBeGreaterThan(100);
    ann.slice(0, kept.length).forEach(({ told, answer }, k) => {
      expect(told.broadcasts).toEqual([{ sender: 'Bob', action: counting.actions[kept[k]] }]);
      expect(answer).toBe(counting.actions[kept[k]]);
    });
  });

  it('have uninformative broadcasts that nobody listens to', () => {
    const list = take(900, { broadcasts: ['uninformative'] });
    const said = list.flatMap(({ told }) => (told.broadcasts ?? []).map(({ action }) => action));
    expect(new Set(said)).toEqual(new Set(['a', 'b', 'c']));
    expect(new Set(list.map(({ answer }) => answer))).toEqual(new Set(['b']));
  });

  it('have feedback after the first step: by the expert, or drawn at random', () => {
    const byExpert = take(3000, { noise: [0.5], feedback: ['truthful'] }).flatMap(
      ({ told }) => told.feedback ?? [],
    );
    const levels = (feedback: typeof byExpert, right: boolean) =>
      new Set(feedback.filter(({ lastAction }) => (lastAction === 'b') === right).map(({ level }) => level));
    expect(levels(byExpert, true)).toEqual(new Set(['good', 'fair']));
    expect(levels(byExpert, false)).toEqual(new Set(['fair', 'poor']));
    const drawn = take(900, { noise: [0.5], feedback: ['uninformative'] }).flatMap(
      ({ told }) => told.feedback ?? [],
    );
    expect(levels(drawn, true)).toEqual(new Set(['good', 'fair', 'poor']));
    const first = take(40, { feedback: ['truthful'] }).filter(({ told }) =>
      told.observation.includes('step 0'),
    );
    for (const { told } of first) expect(told.feedback).toBeUndefined();
  });

  it('are the same for the same seed, and others for another', () => {
    const prompts = (seed: number) => take(50, { noise: [0, 0.5] }, seed).map(({ prompt }) => prompt);
    expect(prompts(1)).toEqual(prompts(1));
    expect(prompts(1)).not.toEqual(prompts(2));
  });

  it('need an expert', () => {
    const source = { taskId: 'x', variant: 'default', task: { ...counting, expert: undefined } };
    expect(() => demonstrations(source, compose, 0).next()).toThrow('The task x has no expert');
  });
});
