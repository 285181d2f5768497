import {
  type Simulation,
  type ExecutionNetwork,
  type Json,
  type Simulator,
  teamShape,
} from '../../../contracts/index.ts';
import { randomStream, type RandomStream } from '../../../core/index.ts';
import type { ScoreRow } from './advice.ts';

/** Episodes that a calibration plays where a study begins. */
const episodes = 24;
/** Episodes of a calibration that is done once and stored: more situations, so nearer to those that a study meets. */
export const storedEpisodes = 192;
/** Share of actions that are random there, so that it also meets situations after mistakes. */
const randomShare = 0.5;

/** One step of a calibration episode, before it is taken. */
export interface CalibrationStep {
  readonly environment: Simulation;
  /** [agents, featureLength] */
  readonly features: Float32Array;
  /** [agents, actions] */
  readonly scores: Float32Array;
  readonly available: readonly (readonly number[])[];
  readonly jointAction: readonly number[];
}

/** The calibration instances of a task as far as they were asked for: drawing them can take longer than playing. */
const drawn = new WeakMap<Simulator, { readonly stream: RandomStream; readonly instances: Json[] }>();

function calibrationInstance(task: Simulator, taskId: string, number: number): Json {
  let known = drawn.get(task);
  if (!known)
    drawn.set(task, (known = { stream: randomStream('calibration', taskId, 'instances'), instances: [] }));
  const { stream, instances } = known;
  while (instances.length <= number) instances.push(task.generate(stream));
  return instances[number];
}

/**
 * Plays the calibration instances, which come from a namespace of their own, disjoint from training, tuning and
 * studies. Each action is random with probability one half, else the one that the network scores highest.
 */
export function playCalibration(
  task: Simulator,
  taskId: string,
  network: ExecutionNetwork,
  visit: (step: CalibrationStep) => void,
  count = episodes,
): void {
  const { agents, actions, featureLength } = teamShape(task);
  const play = randomStream('calibration', taskId, 'play');
  const features = new Float32Array(agents * featureLength);
  const scores = new Float32Array(agents * actions);
  for (let e = 0; e < count; e++) {
    const environment: Simulation = task.start(calibrationInstance(task, taskId, e));
    while (!environment.done) {
      for (let i = 0; i < agents; i++) environment.features(i, features, i * featureLength);
      network.score(features, scores);
      const available = task.agentNames.map((_, i) => environment.availableActions(i));
      const jointAction = available.map((own, i) => {
        const row = own.map((a) => scores[i * actions + a]);
        return play.next() < randomShare ? play.pick(own) : own[row.indexOf(Math.max(...row))];
      });
      visit({ environment, features, scores, available, jointAction });
      environment.step(jointAction);
    }
  }
}

/** The network's scores in calibration situations, one row per agent, step and choice of two actions or more. */
export function calibrationRows(
  task: Simulator,
  taskId: string,
  network: ExecutionNetwork,
  count = episodes,
): ScoreRow[] {
  const rows: ScoreRow[] = [];
  const visit = ({ scores, available }: CalibrationStep) =>
    available.forEach((own, i) => {
      if (own.length > 1) rows.push(own.map((a) => scores[i * task.actions.length + a]));
    });
  playCalibration(task, taskId, network, visit, count);
  return rows;
}

/** Share of the largest possible divergence that advice has where a study does not say. */
export const defaultShare = 0.55;

/**
 * The advice strength in nats where a study does not say: 0.55 times the mean of log(number of available actions)
 * over the choices of random play on calibration instances, the same for every strategy on a task. On `coverage`
 * that is about 0.8, where two spreads of VDN's advice lie.
 */
export function defaultStrength(task: Simulator, taskId: string): number {
  let strength = strengths.get(task);
  if (strength === undefined) strengths.set(task, (strength = shareOfChoices(task, taskId)));
  return strength;
}

const strengths = new WeakMap<Simulator, number>();

function shareOfChoices(task: Simulator, taskId: string): number {
  const play = randomStream('calibration', taskId, 'random play');
  let total = 0;
  let choices = 0;
  for (let e = 0; e < episodes; e++) {
    const environment = task.start(calibrationInstance(task, taskId, e));
    while (!environment.done) {
      const joint = task.agentNames.map((_, i) => {
        const available = environment.availableActions(i);
        if (available.length > 1) {
          total += Math.log(available.length);
          choices++;
        }
        return play.pick(available);
      });
      environment.step(joint);
    }
  }
  return choices === 0 ? 0 : (defaultShare * total) / choices;
}
