import type { Action, Environment, Offer, Task } from '../contracts/index.ts';

const agentNames = ['Ann', 'Bob', 'Cal'];
const actions = ['red', 'green', 'blue'];
const choice: Offer = { kind: 'choice', actions: [0, 1, 2] };
const prose: Offer = { kind: 'text', maxTokens: 40, form: 'prose' };
const code: Offer = { ...prose, form: 'code' };

/**
 * A task with every kind of offer, for trying protocols: in turn everybody chooses, Ann writes prose and Bob code while Cal
 * only talks, and all but Bob, who has one action, choose once more. It pays a point to a team of one mind.
 */
export const everyOffer: Task = {
  agentNames,
  actions,
  horizon: 3,
  rules: 'A team chooses, writes and chooses. It is paid when all do the same.',
  generate: (stream) => stream.integer(0, 1_000_000),
  references: () => ({ low: 0, high: 3, lowStandardError: 0 }),
  start: (instance) => start(instance as number),
};

function start(instance: number): Environment {
  let time = 0;
  const log: string[] = [];
  const offer = (agent: number): Offer => {
    if (time === 1) return [prose, code, { kind: 'none' } as const][agent];
    return time === 2 && agent === 1 ? { kind: 'choice', actions: [1] } : choice;
  };
  return {
    get time() {
      return time;
    },
    get done() {
      return time === 3;
    },
    offer,
    observe: (agent) =>
      `Step ${time + 1} of 3, card ${(instance + agent) % 7}. So far: ${log.join(', ') || 'nothing'}.`,
    step: (joint: readonly Action[]) => {
      log.push(joint.every((action) => action === joint[0]) ? 'alike' : 'unlike');
      time++;
      return { reward: log.at(-1) === 'alike' ? 1 : 0, measures: { alike: log.at(-1) === 'alike' ? 1 : 0 } };
    },
  };
}
