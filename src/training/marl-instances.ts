import type { Json, Task } from '../contracts/index.ts';
import { type NamePart, randomStream } from '../core/index.ts';

/** The instances of a training, in the order of its episodes. */
export interface TrainingInstances {
  /** The instance of episode `episode`, counted from 0. */
  of(episode: number): Json;
}

/** Different instances that a training meets; later episodes draw from these again. */
const different = 1500;

/**
 * Instances for trainings. They depend on the task and the name alone, so trainings of several strategies meet the
 * same ones, and share the work of drawing them where they share this value.
 */
export function trainingInstances(task: Task, ...name: readonly NamePart[]): TrainingInstances {
  const draw = randomStream(...name, 'instances');
  const drawn: Json[] = [];
  return {
    of: (episode) => {
      const number =
        episode < different
          ? episode
          : randomStream(...name, 'instances again', episode).integer(0, different - 1);
      while (drawn.length <= number) drawn.push(task.generate(draw));
      return drawn[number];
    },
  };
}
