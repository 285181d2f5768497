import { type Environment, type ExecutionNetwork, type Task, teamShape } from '../../contracts/index.ts';
import { randomStream } from '../../core/index.ts';
import type { ScoreRow } from './advice.ts';

/** Episodes that a calibration plays. */
const episodes = 24;
/** Share of actions that are random there, so that it also meets situations after mistakes. */
const randomShare = 0.5;

/**
 * The network's scores in the situations of calibration instances, one row per agent, step and choice.
 *
 * Instances come from a namespace of their own, disjoint from training, tuning and studies. Each action is random
 * with probability one half, else the highest-scored one. Situations with a single action are left out.
 */
export function calibrationRows(task: Task, taskId: string, network: ExecutionNetwork): ScoreRow[] {
  const { agents, actions, featureLength } = teamShape(task);
  const instances = randomStream('calibration', taskId, 'instances');
  const play = randomStream('calibration', taskId, 'play');
  const features = new Float32Array(agents * featureLength);
  const scores = new Float32Array(agents * actions);
  const rows: ScoreRow[] = [];
  for (let e = 0; e < episodes; e++) {
    const environment: Environment = task.start(task.generate(instances));
    while (!environment.done) {
      for (let i = 0; i < agents; i++) environment.features(i, features, i * featureLength);
      network.score(features, scores);
      const joint = task.agentNames.map((_, i) => {
        const available = environment.availableActions(i);
        const row = available.map((a) => scores[i * actions + a]);
        if (row.length > 1) rows.push(row);
        return play.next() < randomShare ? play.pick(available) : available[row.indexOf(Math.max(...row))];
      });
      environment.step(joint);
    }
  }
  return rows;
}

/** Share of the largest possible divergence that advice has where a study does not say. */
export const defaultShare = 0.55;

/**
 * The advice strength in nats where a study does not say: 0.55 times the mean of log(number of available actions)
 * over the choices of random play on calibration instances, the same for every strategy on a task. On `coverage`
 * that is about 0.8, where two spreads of VDN's advice lie.
 */
export function defaultStrength(task: Task, taskId: string): number {
  const instances = randomStream('calibration', taskId, 'instances');
  const play = randomStream('calibration', taskId, 'random play');
  let total = 0;
  let choices = 0;
  for (let e = 0; e < episodes; e++) {
    const environment = task.start(task.generate(instances));
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
