import {
  type CentralCredit,
  type Coordinator,
  type ExecutionNetwork,
  type Task,
  TaskError,
  type TeamShape,
} from '../../contracts/index.ts';
import { type ScoreRow, spreadOf } from './advice.ts';
import { playCalibration } from './calibration.ts';
import { phrase } from './phrase.ts';

export interface CentralSettings {
  readonly credit: CentralCredit;
  /** The unit of credit: the spread of its values over an agent's own actions. */
  readonly spread: number;
}

/** Credit in its unit: the root mean square of centred values over calibration situations, as for advice. */
export function centralSettings(
  task: Task,
  taskId: string,
  network: ExecutionNetwork,
  credit: CentralCredit,
): CentralSettings {
  const state = new Float32Array(task.stateLength);
  const rows: ScoreRow[] = [];
  playCalibration(task, taskId, network, ({ environment, features, available, jointAction }) => {
    environment.state(state);
    const own = credit.of(state, features, available, jointAction);
    for (const { values } of own) if (values.length > 1) rows.push(values);
  });
  return { credit, spread: spreadOf(rows) };
}

/**
 * Rates what each agent did from the state in which it did so. An agent that had a single action is told nothing.
 * @throws TaskError when the state is no vector of finite numbers
 */
export function centralRating(
  shape: TeamShape,
  { credit, spread }: CentralSettings,
): NonNullable<Coordinator['hindsight']> {
  const { agents, featureLength } = shape;
  const features = new Float32Array(agents * featureLength);
  return ({ state, views, jointAction }) => {
    if (!state.every(Number.isFinite))
      throw new TaskError(
        'The task gave a state with numbers that are not finite, so no credit follows from it. ' +
          'Mend the task, or use `feedback: local`, which reads no state.',
      );
    views.forEach((view, i) => features.set(view.features, i * featureLength));
    const available = views.map(({ availableActions }) => availableActions);
    return credit
      .of(state, features, available, jointAction)
      .map((own) => (own.values.length > 1 ? phrase(own.credit, spread) : undefined));
  };
}
