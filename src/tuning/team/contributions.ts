import type { Tuner } from '../../contracts/index.ts';
import { nobodyJudges } from '../../contracts/index.ts';
import type { NamePart } from '../../core/index.ts';
import { drawProblems } from './problems.ts';
import { mean, rollOut, type WritingTask } from './rollout.ts';

/** What the team's return loses where one agent's text is another, mean over problems. */
export type Contribution = {
  readonly agent: string;
  /** Where it writes nothing. */
  readonly silent: number;
  /** Where it answers another problem. */
  readonly elsewhere: number;
};

/** Who contributes, in a task of one turn: an agent without which nothing is lost has become lazy. */
export async function contributions(
  writing: WritingTask,
  tuners: readonly Tuner[],
  problems: number,
  name: readonly NamePart[],
  signal?: AbortSignal,
): Promise<readonly Contribution[]> {
  const { task, textOf } = writing;
  const instances = drawProblems(writing, 'validation', problems, [...name, 'validation']);
  const { turns } = await rollOut(writing, tuners, instances, {
    group: 1,
    grouping: 'aligned',
    name: [...name, 'contributions'],
    ...(signal && { signal }),
  });
  const environmentOf = (k: number) => task.start(instances[k], nobodyJudges);
  const texts = turns[0].map(({ samples }, k) =>
    samples.map(([{ text }], agent) => textOf(text, environmentOf(k), agent)),
  );
  const own = mean(turns[0].map(({ returns }) => returns[0]));
  const lost = async (agent: number, other: (k: number) => string) => {
    const returns = await Promise.all(
      texts.map(async (joint, k) => {
        const changed = joint.map((text, a) => (a === agent ? other(k) : text));
        return (await environmentOf(k).step(changed, signal)).reward;
      }),
    );
    return own - mean(returns);
  };
  const all: Contribution[] = [];
  for (const [agent, who] of task.agentNames.entries())
    all.push({
      agent: who,
      silent: await lost(agent, () => ''),
      elsewhere: await lost(agent, (k) => texts[(k + Math.ceil(texts.length / 2)) % texts.length][agent]),
    });
  return all;
}
