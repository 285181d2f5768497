import { type AssemblyInstance, pay, type ShopRules } from './shop.ts';

/** One stage of a plan: `job` goes into its next machine at time `start`. */
export interface PlannedStage {
  readonly job: number;
  readonly start: number;
}

export interface Plan {
  /** What the plan returns, in reward units. */
  readonly value: number;
  /** No plan returns more than this; equal to `value` when `exact`. */
  readonly bound: number;
  readonly exact: boolean;
  /** In the order of start times. */
  readonly schedule: readonly PlannedStage[];
}

const epsilon = 1e-9;

/**
 * The best schedule of a shop, by depth-first branch and bound.
 *
 * Pay never rises with a later finish, so some best schedule is semi-active (no stage can start earlier in the
 * given order on its machine). The search builds such schedules in the order of start times, ties by machine.
 * It prunes
 *   - by a bound: every open job finishes as if it met no other from now on, less what is lost where two of them
 *     need one machine (one of the two must go first; disjoint pairs only, so that no loss counts twice);
 *   - a stage before which another one would fit into its machine's idle time, colour changes included: putting
 *     it there costs nothing, so another branch is at least as good;
 *   - a situation that was met before with at least the same pay so far.
 *
 * After `nodeLimit` situations it stops branching; `bound` is then the largest bound of what was left open, so
 * that it is safe, but no longer exact.
 */
export function bestPlan(rules: ShopRules, instance: AssemblyInstance, nodeLimit = 200_000): Plan {
  const { horizon } = rules;
  const { jobs } = instance;
  const count = jobs.length;
  const machines = instance.colours.length;
  const payTable = jobs.map((job) =>
    Array.from({ length: horizon + 1 }, (_, finish) => pay(rules, job, finish)),
  );
  const payAt = (j: number, finish: number) => (finish > horizon ? 0 : payTable[j][finish]);
  const longest = Math.max(...jobs.flatMap((job) => job.stages.map((stage) => stage.duration)));
  const mostStages = Math.max(...jobs.map((job) => job.stages.length));
  const stageMachine = jobs.map((job) => job.stages.map((stage) => stage.agent));
  const stageDuration = jobs.map((job) => job.stages.map((stage) => stage.duration));
  const stageColour = jobs.map((job) => job.stages.map((stage) => stage.colour));

  const progress = new Array<number>(count).fill(0);
  const available = new Array<number>(count).fill(0);
  const free = new Array<number>(machines).fill(0);
  const colour = instance.colours.slice();
  const seen = new Map<number, Map<number, number>>();
  const trail: PlannedStage[] = [];
  // Of each open job at the current node, by [job * machines + machine]: its next stage there or -1, the earliest
  // start of that stage, and the work from it to the end.
  const nextStage = new Array<number>(count * machines).fill(-1);
  const head = new Array<number>(count * machines).fill(0);
  const tail = new Array<number>(count * machines).fill(0);
  const lonely = new Array<number>(count).fill(0);
  let best = 0;
  let bestSchedule: readonly PlannedStage[] = [];
  let open = 0;
  let nodes = 0;

  /**
   * Whether a situation was met with at least this pay; notes it otherwise. Times count from `last`; what lies
   * further back than the search looks is cut off, so equal keys have equal futures.
   */
  function met(paid: number, last: number, lastMachine: number, alive: number): boolean {
    let jobKey = 0;
    for (let j = 0; j < count; j++) {
      jobKey *= mostStages * (longest + 2) + 1;
      if ((alive >> j) & 1) jobKey += 1 + progress[j] * (longest + 2) + Math.max(-1, available[j] - last) + 1;
    }
    let machineKey = last * (machines + 1) + lastMachine + 1;
    for (let m = 0; m < machines; m++) {
      machineKey = machineKey * (longest + 3) + Math.max(-2, free[m] - last) + 2;
      machineKey = machineKey * rules.colours + colour[m];
    }
    let byMachines = seen.get(jobKey);
    if (!byMachines) seen.set(jobKey, (byMachines = new Map<number, number>()));
    const before = byMachines.get(machineKey);
    if (before !== undefined && before >= paid - epsilon) return true;
    byMachines.set(machineKey, paid);
    return false;
  }

  /** Whether another candidate of the same machine would be done, colours included, before candidate c starts. */
  function somethingFits(
    candidates: readonly number[],
    starts: readonly number[],
    c: number,
    last: number,
  ): boolean {
    const machine = stageMachine[candidates[c]][progress[candidates[c]]];
    const needed = stageColour[candidates[c]][progress[candidates[c]]];
    for (let o = 0; o < candidates.length; o++) {
      const j = candidates[o];
      const k = progress[j];
      if (o === c || stageMachine[j][k] !== machine) continue;
      const end = Math.max(starts[o], last - 1) + stageDuration[j][k];
      if (end + (stageColour[j][k] === needed ? 0 : 1) <= starts[c]) return true;
    }
    return false;
  }

  /** When job j would finish if it met no other job; notes where it would be when. */
  function finishAlone(j: number, last: number): number {
    const machineOf = stageMachine[j];
    for (let m = 0; m < machines; m++) nextStage[j * machines + m] = -1;
    let time = Math.max(available[j], last);
    let work = 0;
    for (let k = machineOf.length - 1; k >= progress[j]; k--) {
      work += stageDuration[j][k];
      tail[j * machines + machineOf[k]] = work;
    }
    for (let k = progress[j]; k < machineOf.length; k++) {
      const m = machineOf[k];
      time = Math.max(time, free[m] + (colour[m] === stageColour[j][k] ? 0 : 1));
      if (nextStage[j * machines + m] < 0) {
        nextStage[j * machines + m] = k;
        head[j * machines + m] = time;
      }
      time += stageDuration[j][k];
    }
    return time;
  }

  /** What job j loses if its next stage on machine m comes after that of job i. */
  function lossBehind(j: number, i: number, m: number): number {
    const own = stageColour[j][nextStage[j * machines + m]];
    const k = nextStage[i * machines + m];
    const start = head[i * machines + m] + stageDuration[i][k] + (stageColour[i][k] === own ? 0 : 1);
    return start <= head[j * machines + m] ? 0 : lonely[j] - payAt(j, start + tail[j * machines + m]);
  }

  /** A lower bound on what the jobs lose by meeting each other; stops early once it reaches `enough`. */
  function lossByMeeting(candidates: readonly number[], enough: number): number {
    const pairs: number[] = [];
    const losses: number[] = [];
    for (let a = 1; a < candidates.length; a++) {
      const i = candidates[a];
      for (let b = 0; b < a; b++) {
        const j = candidates[b];
        let most = 0;
        for (let m = 0; m < machines; m++) {
          if (nextStage[i * machines + m] < 0 || nextStage[j * machines + m] < 0) continue;
          const loss = lossBehind(i, j, m);
          if (loss > most) most = Math.max(most, Math.min(loss, lossBehind(j, i, m)));
        }
        if (most === 0) continue;
        pairs.push((1 << i) | (1 << j));
        losses.push(most);
      }
    }
    let paired = 0;
    let total = 0;
    while (total < enough) {
      let most = -1;
      for (let p = 0; p < pairs.length; p++)
        if ((pairs[p] & paired) === 0 && (most < 0 || losses[p] > losses[most])) most = p;
      if (most < 0) break;
      total += losses[most];
      paired |= pairs[most];
    }
    return total;
  }

  function search(paid: number, last: number, lastMachine: number): void {
    if (paid > best + epsilon) {
      best = paid;
      bestSchedule = trail.slice();
    }
    let bound = paid;
    let alive = 0;
    const candidates: number[] = [];
    const starts: number[] = [];
    const pays: number[] = [];
    for (let j = 0; j < count; j++) {
      lonely[j] = 0;
      if (progress[j] < stageMachine[j].length) lonely[j] = payAt(j, finishAlone(j, last));
      if (lonely[j] <= 0) continue;
      bound += lonely[j];
      alive |= 1 << j;
      const first = progress[j];
      const m = stageMachine[j][first];
      candidates.push(j);
      starts.push(Math.max(available[j], free[m] + (colour[m] === stageColour[j][first] ? 0 : 1)));
      pays.push(lonely[j]);
    }
    if (bound <= best + epsilon) return;
    bound -= lossByMeeting(candidates, bound - best);
    if (bound <= best + epsilon) return;
    if (++nodes > nodeLimit) {
      open = Math.max(open, bound);
      return;
    }
    if (met(paid, last, lastMachine, alive)) return;

    const order = candidates.map((_, c) => c).sort((a, b) => starts[a] - starts[b] || pays[b] - pays[a]);
    for (const c of order) {
      const j = candidates[c];
      const start = starts[c];
      const k = progress[j];
      const m = stageMachine[j][k];
      if (start < last || (start === last && m <= lastMachine)) continue;
      if (somethingFits(candidates, starts, c, last)) continue;
      const duration = stageDuration[j][k];
      const before = { available: available[j], free: free[m], colour: colour[m] };
      progress[j]++;
      available[j] = free[m] = start + duration;
      colour[m] = stageColour[j][k];
      trail.push({ job: j, start });
      const finished = k + 1 === stageMachine[j].length;
      search(paid + (finished ? payAt(j, start + duration) : 0), start, m);
      trail.pop();
      progress[j]--;
      available[j] = before.available;
      free[m] = before.free;
      colour[m] = before.colour;
    }
  }

  search(0, 0, -1);
  const bound = Math.max(best, open);
  return { value: best, bound, exact: open <= best + epsilon, schedule: bestSchedule };
}
