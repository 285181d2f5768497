import {
  createTask,
  type JsonObject,
  type Task,
  type AnyTaskDefinition,
  nobodyJudges,
} from '../contracts/index.ts';
import { canonicalJson, contentHash, InputError, randomStream, reasonOf } from '../core/index.ts';
import { oddTask, situationOf } from '../episode/index.ts';
import { type Entry, madeBy } from './factor-levels.ts';
import type { PreparedTask } from './prepared.ts';

/** Builds a task and tries it. @throws InputError when it lasts too long or breaks its contract */
export function prepareTask(
  entry: Entry<AnyTaskDefinition>,
  options: JsonObject,
  maxInteractions: number,
  seed: number,
): Promise<Omit<PreparedTask, 'judges'>> {
  return madeBy('task', entry, async () => {
    const { id, revision } = entry.definition;
    const task = createTask(entry.definition, options);
    task.check?.();
    const wrong = oddTask(task);
    if (wrong !== undefined) throw new InputError(`The task "${entry.label}" ${wrong}.`);
    if (task.horizon > maxInteractions) {
      throw new InputError(
        `The task "${entry.label}" lasts up to ${task.horizon} steps, but maxInteractions is ${maxInteractions}. ` +
          `Set maxInteractions to ${task.horizon} or shorten the task.`,
      );
    }
    const writes = await probe(entry.label, task, seed);
    return {
      task,
      id,
      revision,
      options,
      ...(writes && { writes }),
      key: contentHash({ id, revision, options }),
    };
  });
}

/**
 * Starts one instance and takes one step, so that a task that breaks its contract fails here and not in the study.
 * @returns what is to be written, if anything
 */
async function probe(label: string, task: Task, seed: number): Promise<PreparedTask['writes']> {
  const broken = (what: string) => new InputError(`The task "${label}" ${what}.`);
  const tried = <T>(what: string, act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw broken(`fails when it ${what}: ${reasonOf(error).replace(/\.$/, '')}`);
    }
  };
  const stream = randomStream('probe', seed);
  const instance = tried('makes an instance (`generate`)', () => task.generate(stream, 'test'));
  tried('writes an instance down as JSON', () => canonicalJson(instance));
  const environment = tried('starts an instance (`start`)', () => task.start(instance, nobodyJudges));
  if (typeof environment?.offer !== 'function')
    throw broken('gives no environment when it starts an instance');
  try {
    let writes: PreparedTask['writes'];
    const joint = task.agentNames.map((name, agent) =>
      tried(`is asked what ${name} sees and may do`, () => {
        const features = new Float32Array(task.simulator?.featureLength ?? 0);
        environment.simulation?.features(agent, features);
        const situation = situationOf(task, environment, agent, features);
        situation.observe();
        const { offer } = situation;
        if (offer.kind === 'text' && writes !== 'code') writes = offer.form;
        return offer.kind === 'choice' ? stream.pick(offer.actions) : '';
      }),
    );
    // A simulator answers at once and at no cost; what runs a program or asks a judge is tried in the study.
    if (task.simulator) void tried(`takes a step of its ${agentsText(task)}`, () => environment.step(joint));
    return writes;
  } finally {
    await environment.close?.();
  }
}

function agentsText({ agentNames }: Task): string {
  return `${agentNames.length} agents (${agentNames.join(', ')})`;
}
