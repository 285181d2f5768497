import {
  createTask,
  type JsonObject,
  type Task,
  type AnyTaskDefinition,
  nobodyJudges,
} from '../contracts/index.ts';
import { contentHash, InputError, randomStream } from '../core/index.ts';
import { atPlace, type Entry } from './factor-levels.ts';
import type { PreparedTask } from './prepared.ts';

/** Builds a task and tries it. @throws InputError when it lasts too long or breaks its contract */
export function prepareTask(
  entry: Entry<AnyTaskDefinition>,
  options: JsonObject,
  maxInteractions: number,
  seed: number,
): Promise<Omit<PreparedTask, 'judges'>> {
  return atPlace(entry.place, () => {
    const { id, revision } = entry.definition;
    const task = createTask(entry.definition, options);
    if (task.horizon > maxInteractions) {
      throw new InputError(
        `The task "${entry.label}" lasts up to ${task.horizon} steps, but maxInteractions is ${maxInteractions}. ` +
          `Set maxInteractions to ${task.horizon} or shorten the task.`,
      );
    }
    const writes = probe(entry.label, task, seed);
    return { task, id, options, writes, key: contentHash({ id, revision, options }) };
  });
}

/**
 * Starts one instance and takes one step, so that a task that breaks its contract fails here and not in the study.
 * @returns whether anybody is to write
 */
function probe(label: string, task: Task, seed: number): boolean {
  const agents = task.agentNames.length;
  const broken = (what: string) => new InputError(`The task "${label}" ${what}.`);
  if (agents === 0) throw broken('has no agents: `agentNames` is empty');
  if (new Set(task.agentNames).size < agents)
    throw broken(`has two agents of one name (${task.agentNames.join(', ')})`);
  try {
    const stream = randomStream('probe', seed);
    const environment = task.start(task.generate(stream, 'test'), nobodyJudges);
    let writes = false;
    const joint = task.agentNames.map((_, agent) => {
      environment.observe(agent);
      environment.simulation?.features(agent, new Float32Array(task.simulator?.featureLength ?? 0));
      const offer = environment.offer(agent);
      writes ||= offer.kind === 'text';
      return offer.kind === 'choice' ? stream.pick(offer.actions) : '';
    });
    // A simulator answers at once and at no cost; what runs a program or asks a judge is tried in the study.
    if (task.simulator) void environment.step(joint);
    return writes;
  } catch (error) {
    throw broken(
      `does not match its ${agents} agents (${task.agentNames.join(', ')}): trying one step of it failed with ` +
        `"${error instanceof Error ? error.message : String(error)}"`,
    );
  }
}
