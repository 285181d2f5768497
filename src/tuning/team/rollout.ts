import {
  type Environment,
  type Grouping,
  type Json,
  nobodyJudges,
  type Outcome,
  type Sample,
  type Task,
  type SampledRequest,
  TrainingError,
  type Tuner,
} from '../../contracts/index.ts';
import { type NamePart, randomStream } from '../../core/index.ts';
import { jointSamples } from './estimators.ts';

/** What a training plays: a task whose agents write, and how they read and are read. */
export interface WritingTask {
  readonly task: Task;
  /** What an agent reads beside the rules. */
  readonly promptOf: (environment: Environment, agent: number) => string;
  /** The text that counts, of what it wrote. */
  readonly textOf: (written: string, environment: Environment, agent: number) => string;
}

/** A question to every agent in one place of one episode, and what became of the answers. */
export interface Node {
  readonly instance: Json;
  /** Joint texts of the turns before. */
  readonly path: readonly (readonly string[])[];
  /** Per agent: what it read, and its samples. */
  readonly requests: readonly SampledRequest[];
  readonly samples: readonly (readonly Sample[])[];
  /** Per joint action: what it came to at once, what was asked after it, and what the team earned from here on. */
  readonly outcomes: readonly Outcome[];
  readonly next: readonly (Node | undefined)[];
  readonly returns: readonly number[];
  /** Per joint action: the outcomes of the episodes that end in or under it. */
  readonly ends: readonly (readonly Outcome[])[];
}

export interface Rollout {
  /** Nodes of each turn. */
  readonly turns: readonly (readonly Node[])[];
  readonly jointEvaluations: number;
  readonly tokens: number;
}

interface Growing {
  readonly instance: Json;
  readonly path: readonly (readonly string[])[];
  readonly environment: Environment;
}

/**
 * Plays groups: in every turn each agent answers what it reads so many times, and each joint answer that does not end
 * the episode goes on to a node of its own. An answer returns its reward plus the mean return of what follows it.
 *
 * @param name of the random streams
 * @param temperature of the samples; training needs 1
 */
export async function rollOut(
  { task, promptOf, textOf }: WritingTask,
  tuners: readonly Tuner[],
  instances: readonly Json[],
  {
    group,
    grouping,
    name,
    temperature = 1,
    signal,
  }: {
    readonly group: number;
    readonly grouping: Grouping;
    readonly name: readonly NamePart[];
    readonly temperature?: number;
    readonly signal?: AbortSignal;
  },
): Promise<Rollout> {
  const joint = jointSamples(tuners.length, group, grouping);
  let jointEvaluations = 0;
  let tokens = 0;
  const turns: Node[][] = [];

  const replayed = async (instance: Json, path: readonly (readonly string[])[]) => {
    const environment = task.start(instance, nobodyJudges);
    let outcome: Outcome = { reward: 0 };
    for (const texts of path) outcome = await environment.step(texts, signal);
    return { environment, outcome };
  };

  const grow = async (places: readonly Growing[], turn: number): Promise<Node[]> => {
    if (places.length === 0) return [];
    const asked = tuners.map((_, agent) =>
      places.map(({ environment }, k): SampledRequest => {
        const offer = environment.offer(agent);
        if (offer.kind !== 'text')
          throw new TrainingError(`${task.agentNames[agent]} has nothing to write in turn ${turn + 1}.`);
        return {
          prefix: task.rules,
          prompt: promptOf(environment, agent),
          maxTokens: offer.maxTokens,
          temperature,
          seed: randomStream(...name, turn, agent, k).integer(0, 2 ** 31 - 1),
        };
      }),
    );
    const drawn: (readonly (readonly Sample[])[])[] = [];
    for (const [agent, tuner] of tuners.entries()) drawn.push(await tuner.sample(asked[agent], group));
    for (const sample of drawn.flat(2)) tokens += sample.tokens.length;

    const played = await Promise.all(
      places.map(async ({ instance, path, environment }, k) => {
        // Equal joint texts come to the same.
        const known = new Map<string, Promise<Played>>();
        return Promise.all(
          joint.map((members) => {
            const texts = members.map((g, agent) => textOf(drawn[agent][k][g].text, environment, agent));
            const key = JSON.stringify(texts);
            let found = known.get(key);
            if (!found) {
              jointEvaluations++;
              const own = [...path, texts];
              known.set(
                key,
                (found = replayed(instance, own).then((end) => ({ ...end, instance, path: own }))),
              );
            }
            return found;
          }),
        );
      }),
    );
    for (const { outcome, instance } of played.flat())
      if (!Number.isFinite(outcome.reward))
        throw new TrainingError(
          `The task paid ${outcome.reward} for an answer to ${JSON.stringify(instance).slice(0, 200)}. A reward is a finite number.`,
        );
    const ongoing = played.flatMap((own) => own.filter(({ environment }) => !environment.done));
    const after = await grow(ongoing, turn + 1);
    let at = 0;
    const nodes = places.map(({ instance, path }, k): Node => {
      const outcomes: Outcome[] = [];
      const next: (Node | undefined)[] = [];
      const returns: number[] = [];
      const ends: (readonly Outcome[])[] = [];
      for (const { environment, outcome } of played[k]) {
        const child = environment.done ? undefined : after[at++];
        const later = child ? mean(child.returns) : 0;
        outcomes.push(outcome);
        next.push(child);
        returns.push(outcome.reward + later);
        ends.push(child ? child.ends.flat() : [outcome]);
      }
      return {
        instance,
        path,
        requests: asked.map((own) => own[k]),
        samples: drawn.map((own) => own[k]),
        outcomes,
        next,
        returns,
        ends,
      };
    });
    turns[turn] = nodes;
    return nodes;
  };

  await grow(
    instances.map((instance) => ({ instance, path: [], environment: task.start(instance, nobodyJudges) })),
    0,
  );
  return { turns, jointEvaluations, tokens };
}

interface Played extends Growing {
  readonly outcome: Outcome;
}

export const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length;
