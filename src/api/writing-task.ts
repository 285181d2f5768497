import type { Environment, Task } from '../contracts/index.ts';
import { composeWith, writeInstruction, writtenText } from '../prompt/index.ts';
import type { WritingTask } from '../tuning/team/index.ts';

/** What agents read and how they are read, as in a study where nobody talks. */
export function writingTask(task: Task): WritingTask {
  const offerOf = (environment: Environment, agent: number) => {
    const offer = environment.offer(agent);
    return offer.kind === 'text' ? offer : undefined;
  };
  return {
    task,
    promptOf: (environment, agent) => {
      const offer = offerOf(environment, agent);
      return composeWith(
        { agentName: task.agentNames[agent], observation: environment.observe(agent) },
        offer ? writeInstruction(offer.maxTokens, offer.form) : '',
      );
    },
    textOf: (written, environment, agent) =>
      writtenText(written, offerOf(environment, agent)?.form ?? 'prose'),
  };
}
