import { measureReferences, scoreOf, type Simulator } from '../../contracts/index.ts';
import { randomStream } from '../../core/index.ts';
import type { DemonstratedTask, Told } from './demonstrations.ts';

/** A question to the model that is evaluated. */
export interface Question {
  readonly prefix: string;
  readonly prompt: string;
  readonly actions: readonly string[];
}

/** Distributions over each question's actions, in the order of the questions. */
export type AnswerMany = (questions: readonly Question[]) => Promise<readonly (readonly number[])[]>;

/**
 * Scores of episodes in which every agent is played by the model alone, by actions drawn from its distribution
 * at temperature 1; all episodes go on together, so that the model can answer in batches.
 *
 * @param namespace which instances: `development` while a model is worked on, `held-out` for figures reported
 * @returns one score per instance, 0 for random play and 1 for the oracle
 */
export async function evaluateScores(
  { taskId, variant, task }: DemonstratedTask,
  compose: (told: Told) => string,
  answer: AnswerMany,
  namespace: 'development' | 'held-out',
  instances: number,
): Promise<number[]> {
  const episodes = Array.from({ length: instances }, (_, k) => {
    const instance = task.generate(randomStream('instance', namespace, taskId, variant, k));
    return {
      references: measureReferences(
        task,
        instance,
        randomStream('references', namespace, taskId, variant, k),
      ),
      environment: task.start(instance),
      stream: randomStream('play', namespace, taskId, variant, k),
      total: 0,
    };
  });
  for (;;) {
    const going = episodes.filter(({ environment }) => !environment.done);
    if (going.length === 0) break;
    const questions = going.flatMap(({ environment }) => questionsOf(task, environment, compose));
    const answers = await answer(questions.filter(({ actions }) => actions.length > 1));
    let next = 0;
    let asked = 0;
    for (const episode of going) {
      const joint = task.agentNames.map((_, agent) => {
        const available = episode.environment.availableActions(agent);
        const { actions } = questions[next++];
        if (actions.length === 1) return available[0];
        return available[episode.stream.categorical(answers[asked++])];
      });
      episode.total += episode.environment.step(joint);
    }
  }
  return episodes.map(({ total, references }) => scoreOf(total, references));
}

function questionsOf(
  task: Simulator,
  environment: ReturnType<Simulator['start']>,
  compose: (told: Told) => string,
): Question[] {
  return task.agentNames.map((agentName, agent) => {
    const actions = environment.availableActions(agent).map((action) => task.actions[action]);
    const prompt = compose({ agentName, observation: environment.observe(agent), availableActions: actions });
    return { prefix: task.rules, prompt, actions };
  });
}
