import {
  type CentralCredit,
  type ExecutionNetwork,
  type Simulator,
  TaskError,
  type TeamShape,
} from '../../../contracts/index.ts';
import type { Coordinator } from '../protocol/advised.ts';
import { type ScoreRow, spreadOf } from './advice.ts';
import { type CalibrationStep, playCalibration } from './calibration.ts';
import { phrase } from './phrase.ts';

export interface CentralSettings {
  readonly credit: CentralCredit;
  /** The unit of credit: the spread of its values over an agent's own actions. */
  readonly spread: number;
}

/**
 * Credit in its unit: the root mean square of centred values over calibration situations, as for advice.
 * @param trained of networks that stay as they are: the episodes that are played to measure it, once in a process for
 *   every `name`; the episodes of a study's beginning, each time, when absent
 */
export function centralSettings(
  task: Simulator,
  taskId: string,
  network: ExecutionNetwork,
  credit: CentralCredit,
  trained?: { readonly name: string; readonly episodes: number },
): CentralSettings {
  if (!trained) return { credit, spread: spreadOfCredit(task, taskId, network, credit) };
  const known = spreads.get(task) ?? new Map<string, number>();
  spreads.set(task, known);
  const spread = known.get(trained.name) ?? spreadOfCredit(task, taskId, network, credit, trained.episodes);
  known.set(trained.name, spread);
  return { credit, spread };
}

const spreads = new WeakMap<Simulator, Map<string, number>>();

function spreadOfCredit(
  task: Simulator,
  taskId: string,
  network: ExecutionNetwork,
  credit: CentralCredit,
  episodes?: number,
): number {
  const state = new Float32Array(task.stateLength);
  const rows: ScoreRow[] = [];
  const visit = ({ environment, features, available, jointAction }: CalibrationStep) => {
    environment.state(state);
    const own = credit.of(state, features, available, jointAction);
    for (const { values } of own) if (values.length > 1) rows.push(values);
  };
  playCalibration(task, taskId, network, visit, episodes);
  return spreadOf(rows);
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
