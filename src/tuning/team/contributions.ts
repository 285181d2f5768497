import type { Json, Tuner } from '../../contracts/index.ts';
import { nobodyJudges } from '../../contracts/index.ts';
import type { NamePart } from '../../core/index.ts';
import { drawProblems } from './problems.ts';
import { mean, type Node, rollOut, type WritingTask } from './rollout.ts';

/** What the team's return loses where one agent's text is another, mean over problems. */
export type Contribution = {
  readonly agent: string;
  /** Where it writes nothing. */
  readonly silent: number;
  /** Where it answers another problem. */
  readonly elsewhere: number;
};

/** The texts of one joint answer to each problem, and what is lost where one agent's are others. */
export function swaps({ task, textOf }: WritingTask, nodes: readonly Node[], signal?: AbortSignal) {
  const begin = (instance: Json) => task.start(instance, nobodyJudges);
  const texts = nodes.map(({ samples, instance }) => {
    const environment = begin(instance);
    return samples.map(([{ text }], agent) => textOf(text, environment, agent));
  });
  const own = mean(nodes.map(({ returns }) => returns[0]));
  const lost = async (agent: number, other: (k: number) => string) => {
    const returns = await Promise.all(
      texts.map(async (joint, k) => {
        const changed = joint.map((text, a) => (a === agent ? other(k) : text));
        return (await begin(nodes[k].instance).step(changed, signal)).reward;
      }),
    );
    return own - mean(returns);
  };
  return {
    silent: (agent: number) => lost(agent, () => ''),
    elsewhere: (agent: number) =>
      lost(agent, (k) => texts[(k + Math.ceil(texts.length / 2)) % texts.length][agent]),
  };
}

/** Who contributes, in a task of one turn: an agent without which nothing is lost has become lazy. */
export async function contributions(
  writing: WritingTask,
  tuners: readonly Tuner[],
  problems: number,
  name: readonly NamePart[],
  signal?: AbortSignal,
): Promise<readonly Contribution[]> {
  const instances = drawProblems(writing, 'validation', problems, [...name, 'validation']);
  const { turns } = await rollOut(writing, tuners, instances, {
    group: 1,
    grouping: 'aligned',
    name: [...name, 'contributions'],
    ...(signal && { signal }),
  });
  const { silent, elsewhere } = swaps(writing, turns[0], signal);
  const all: Contribution[] = [];
  for (const [agent, who] of writing.task.agentNames.entries())
    all.push({ agent: who, silent: await silent(agent), elsewhere: await elsewhere(agent) });
  return all;
}
