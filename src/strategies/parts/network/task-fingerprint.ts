import type { Simulator } from '../../../contracts/index.ts';
import { contentHash, randomStream } from '../../../core/index.ts';

const episodes = 4;
const digits = 4;

const known = new WeakMap<Simulator, string>();

/**
 * A hash of what a training meets of a task: feature vectors, states, potentials, available actions and rewards of
 * a few episodes of random play, to four decimals. It changes when weights would no longer fit, and not when only
 * the wording of rules, observations or actions does.
 */
export function taskFingerprint(task: Simulator): string {
  let fingerprint = known.get(task);
  if (fingerprint === undefined) known.set(task, (fingerprint = probe(task)));
  return fingerprint;
}

function probe(task: Simulator): string {
  const instances = randomStream('task fingerprint', 'instances');
  const play = randomStream('task fingerprint', 'play');
  const features = new Float32Array(task.featureLength);
  const state = new Float32Array(task.stateLength);
  const seen: number[] = [];
  const note = (x: number) => seen.push(Math.round(x * 10 ** digits));
  for (let e = 0; e < episodes; e++) {
    const environment = task.start(task.generate(instances));
    while (!environment.done) {
      environment.state(state);
      state.forEach(note);
      if (environment.potential) note(environment.potential());
      const joint = task.agentNames.map((_, agent) => {
        environment.features(agent, features);
        features.forEach(note);
        const available = environment.availableActions(agent);
        seen.push(...available);
        return play.pick(available);
      });
      note(environment.step(joint));
    }
  }
  return contentHash(seen);
}
