import assert from 'node:assert/strict';
import {
  type Action,
  createTask,
  type Environment,
  type Json,
  type JsonObject,
  type JudgeRequest,
  type Split,
  type Task,
  type TaskContext,
  type AnyTaskDefinition,
} from '../contracts/index.ts';
import { contentHash, randomStream, type RandomStream } from '../core/index.ts';
import type { Check } from './check.ts';

export interface TaskConformanceOptions {
  /** Options to test with; the task's defaults when absent. */
  readonly options?: JsonObject;
  /** How many instances each check draws; 10 when absent. */
  readonly instances?: number;
  /** What an agent may write where it is to write; a few plain words when absent. */
  readonly write?: (observation: string, stream: RandomStream) => string;
  /** What judges say, where the task asks some; a few plain words when absent. */
  readonly judge?: (judge: string, request: JudgeRequest) => string;
  /** True where a clock or a program decides outcomes, so that two plays of the same actions may differ. */
  readonly judged?: true;
}

/** What writers hand in who mean no harm, and who do: none of it may break a task. */
const oddTexts = ['', ' \n\t', '\u0000', '"}]</s>', 'x'.repeat(20_000), '\u202e\ud83d\ude00 e\u0301'];

/**
 * What every task must fulfil, whether its agents choose or write. Runs in any test framework:
 * `for (const check of taskConformance(myTask)) it(check.name, check.run)`. Tasks that bring a simulator have
 * `simulatorConformance` besides.
 */
export function taskConformance(definition: AnyTaskDefinition, config: TaskConformanceOptions = {}): Check[] {
  const task = createTask(definition, definition.optionsSchema.parse(config.options ?? {}));
  const count = config.instances ?? 10;
  const write = config.write ?? (() => 'A few plain words.');
  const draw = (k: number, split: Split = 'test') =>
    task.generate(randomStream('conformance', definition.id, split, k), split);
  const judge = config.judge ?? (() => 'A few plain words.');
  const play = (instance: Json, name: string, own = write, judging = judge) => {
    const stream = randomStream('task conformance', definition.id, name);
    return playAtRandom(task, instance, stream, own, judgedBy(task, judging));
  };
  return [
    {
      name: 'agents have names of their own, and an episode has a longest length',
      run: () => {
        assert.ok(task.agentNames.length >= 1, 'a task needs an agent');
        assert.equal(new Set(task.agentNames).size, task.agentNames.length, 'two agents have one name');
        assert.ok(Number.isInteger(task.horizon) && task.horizon >= 1, `the horizon is ${task.horizon}`);
        assert.ok(task.rules.trim().length > 0, 'the rules are empty');
      },
    },
    {
      name: 'the same stream gives the same instance, which survives JSON',
      run: () => {
        for (let k = 0; k < count; k++) {
          assert.deepEqual(draw(k), draw(k));
          assert.deepEqual(JSON.parse(JSON.stringify(draw(k))), draw(k));
        }
      },
    },
    {
      name: 'training never meets an instance that studies play, where there are many to draw from',
      run: () => {
        const of = (split: Split) =>
          new Set(Array.from({ length: 20 }, (_, k) => contentHash(draw(k, split))));
        const test = of('test');
        const train = of('train');
        // A game with one instance has nothing to divide, and a simulator's streams are named apart.
        if (task.simulator || test.size === 1) return;
        assert.deepEqual(
          [...train].filter((hash) => test.has(hash)),
          [],
        );
      },
    },
    {
      name: 'items have names of their own, and each is always the same',
      run: () => {
        if (!task.items) return;
        const { names, of } = task.items;
        const all = [...names.train, ...names.test];
        assert.equal(new Set(all).size, all.length, 'two items have one name');
        assert.ok(names.test.length > 0, 'there is no item for a study to play');
        for (const name of all.slice(0, 50)) assert.deepEqual(of(name), of(name));
        const known = new Set(names.test.map((name) => contentHash(of(name))));
        for (let k = 0; k < count; k++)
          assert.ok(known.has(contentHash(draw(k))), '`generate` draws what is no item');
      },
    },
    {
      name: 'references leave room for a score',
      run: () => {
        for (let k = 0; k < count; k++) {
          const { low, high, lowStandardError } = task.references(draw(k), randomStream('references', k));
          assert.ok(Number.isFinite(low) && Number.isFinite(high) && high > low, `low ${low}, high ${high}`);
          assert.ok(lowStandardError >= 0 && lowStandardError < high - low);
        }
      },
    },
    {
      name: 'episodes end by the horizon, with finite rewards and measures',
      run: async () => {
        for (let k = 0; k < count; k++) await play(draw(k), `play ${k}`);
      },
    },
    {
      name: 'the same actions come to the same',
      run: async () => {
        if (config.judged) return;
        for (let k = 0; k < count; k++)
          assert.deepEqual(await play(draw(k), `again ${k}`), await play(draw(k), `again ${k}`));
      },
    },
    {
      name: 'odd texts are outcomes, not faults',
      run: async () => {
        for (const text of oddTexts) await play(draw(0), 'odd texts', () => text);
      },
    },
    {
      name: 'odd words of a judge are outcomes, not faults',
      run: async () => {
        if (!task.judges) return;
        for (const text of oddTexts) await play(draw(0), 'odd judges', write, () => text);
      },
    },
    {
      name: 'a joint action of the wrong length or kind is refused, and nothing happens after the end',
      run: () => checkRefusals(task, draw(0), write, judgedBy(task, judge)),
    },
  ];
}

function judgedBy({ judges = [] }: Task, judge: NonNullable<TaskConformanceOptions['judge']>): TaskContext {
  return {
    bounded: (work) => work(),
    ask: async (name, request) => {
      assert.ok(
        judges.includes(name),
        `it asks the judge "${name}" and lists ${judges.join(', ') || 'none'}`,
      );
      assert.ok(request.prompt.length > 0 && request.maxTokens >= 1, 'it asks a judge for nothing');
      return { text: judge(name, request), usage: {} };
    },
  };
}

interface Played {
  readonly total: number;
  readonly seen: readonly string[];
}

async function playAtRandom(
  task: Task,
  instance: Json,
  stream: RandomStream,
  write: (observation: string, stream: RandomStream) => string,
  context: TaskContext,
): Promise<Played> {
  const environment = task.start(instance, context);
  const seen: string[] = [];
  let total = 0;
  try {
    while (!environment.done) {
      assert.ok(environment.time < task.horizon, 'the episode goes on beyond the horizon');
      seen.push(...task.agentNames.map((_, agent) => environment.observe(agent)));
      const { reward, measures = {} } = await environment.step(
        randomAction(task, environment, stream, write),
      );
      for (const [name, value] of Object.entries({ reward, ...measures }))
        assert.ok(Number.isFinite(value), `${name} is ${value}`);
      total += reward;
    }
  } finally {
    await environment.close?.();
  }
  return { total, seen };
}

function randomAction(
  task: Task,
  environment: Environment,
  stream: RandomStream,
  write: (observation: string, stream: RandomStream) => string,
): Action[] {
  return task.agentNames.map((name, agent) => {
    const offer = environment.offer(agent);
    if (offer.kind === 'none') return '';
    if (offer.kind === 'text') {
      assert.ok(offer.maxTokens >= 1, `${name} may write ${offer.maxTokens} tokens`);
      return write(environment.observe(agent), stream);
    }
    assert.ok(offer.actions.length >= 1, `${name} has no action`);
    for (const action of offer.actions) assert.ok(task.actions[action] !== undefined, `no action ${action}`);
    return stream.pick(offer.actions);
  });
}

async function checkRefusals(
  task: Task,
  instance: Json,
  write: (observation: string, stream: RandomStream) => string,
  context: TaskContext,
) {
  const stream = randomStream('refusals');
  const environment = task.start(instance, context);
  try {
    const joint = randomAction(task, environment, stream, write);
    const refused = (actions: readonly Action[], what: string) =>
      assert.rejects(async () => environment.step(actions), Error, `${what} is not refused`);
    await refused([...joint, joint[0]], 'an action too many');
    await refused(joint.slice(1), 'an action too few');
    await refused(
      joint.map((action) => (typeof action === 'number' ? task.actions.length : 0)),
      'what was not offered',
    );
    while (!environment.done) await environment.step(randomAction(task, environment, stream, write));
    await refused(joint, 'a step after the end');
  } finally {
    await environment.close?.();
  }
}
