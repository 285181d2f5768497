import type { Json, Simulator } from '../contracts/index.ts';
import { type NamePart, randomStream } from '../core/index.ts';

/** The instances of a training, in the order of its episodes. */
export interface TrainingInstances {
  /** The instance of episode `episode`, counted from 0. */
  of(episode: number): Json;
}

/** Different instances that the trainings of a seed meet, at least; later episodes draw from these again. */
const fewest = 1500;
/** Steps that they make up, at least: where an episode is one step long, 1500 of them are soon known by heart. */
const fewestSteps = 6000;

/**
 * Instances that several trainings share. They depend on the task and the name alone, so trainings of several
 * strategies meet the same ones, and the work of drawing them is done once.
 */
export function sharedInstances(task: Simulator, ...name: readonly NamePart[]): TrainingInstances {
  const draw = randomStream(...name, 'instances');
  const drawn: Json[] = [];
  const different = Math.max(fewest, Math.ceil(fewestSteps / task.horizon));
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

/** A new instance for every episode; to be asked in the order of the episodes. */
export function freshInstances(task: Simulator, ...name: readonly NamePart[]): TrainingInstances {
  const draw = randomStream(...name, 'instances');
  return { of: () => task.generate(draw) };
}
