import { pay, type ShopRules, type ShopState, workBetween } from './shop.ts';

/** The part of a job's pay that counts before any work on it is done. */
const unstarted = 0.3;

/**
 * What the open jobs would pay if nothing held them up any more, each counted by how much of its work is done:
 *
 *   sum over open jobs of pay(now + remaining work) * (0.3 + 0.7 * work done / all work)
 */
export function shopPotential(rules: ShopRules, state: ShopState): number {
  const { instance, open, progress, active, busy, job: jobOf, time } = state;
  let value = 0;
  instance.jobs.forEach((job, j) => {
    if (open[j] === 0) return;
    const all = workBetween(job, 0);
    let rest = workBetween(job, progress[j]);
    if (active[j] === 1) {
      const worker = jobOf.indexOf(j);
      rest += busy[worker] - job.stages[progress[j]].duration;
    }
    value += pay(rules, job, time + rest) * (unstarted + (1 - unstarted) * (1 - rest / all));
  });
  return value;
}
