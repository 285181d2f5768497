/** Agents whose levels together suffice for a food, none of them superfluous. */
export interface LoaderGroup {
  /** Bit i is set for agent i. */
  readonly mask: number;
  readonly members: readonly number[];
}

export interface ForagingProblem {
  readonly foodLevels: readonly number[];
  /** Per food, the groups that can load it; see `smallestGroups`. */
  readonly groups: readonly (readonly LoaderGroup[])[];
  /** Bit k is set while food k can still be collected. */
  readonly left: number;
  /** firstLegs[i][4 k + s]: steps of agent i to side s of food k; Infinity where it cannot take part. */
  readonly firstLegs: readonly (readonly number[])[];
  /** legs[4 j + r][4 k + s]: steps from side r of food j to side s of food k. */
  readonly legs: readonly (readonly number[])[];
  /** Steps left. */
  readonly time: number;
}

export interface ForagingSchedule {
  /** Summed levels of the foods collected. */
  readonly collected: number;
  /** In order of completion: the food, its loaders, and the step after which it is gone. */
  readonly visits: readonly { readonly food: number; readonly loaders: number; readonly done: number }[];
}

/**
 * Who collects which food, and when, if agents only have to cover the given distances: the schedule that
 * collects the most within the time; among those the one that is finished first, then the one with the least
 * summed completion times, then the first found in the order of foods and groups.
 *
 * Loading takes one step. Loaders meet at different sides, and each may leave any side one step after it could
 * be there and not before the food is gone. No real course of events is faster: there, all wait for the one that
 * comes last to the side it has chosen. Depth-first over the orders of completion, so exponential in the
 * number of foods.
 */
export function bestSchedule(problem: ForagingProblem): ForagingSchedule {
  const { foodLevels, groups, left, firstLegs, legs, time } = problem;
  // Per agent, the food it visited last and when it can leave each of its sides.
  const at = firstLegs.map(() => -1);
  const leave: (readonly number[])[] = firstLegs.map(() => []);
  const visits: { food: number; loaders: number; done: number }[] = [];
  let best: ForagingSchedule = { collected: 0, visits: [] };
  let bestMakespan = 0;
  let bestSum = 0;
  let all = 0;
  foodLevels.forEach((level, k) => (all += (left >> k) & 1 ? level : 0));

  const extend = (open: number, collected: number, makespan: number, sum: number): void => {
    if (best.collected === all && makespan > bestMakespan) return;
    if (
      collected > best.collected ||
      (collected === best.collected &&
        (makespan < bestMakespan || (makespan === bestMakespan && sum < bestSum)))
    ) {
      best = { collected, visits: visits.slice() };
      bestMakespan = makespan;
      bestSum = sum;
    }
    for (let food = 0; food < foodLevels.length; food++) {
      if (!((open >> food) & 1)) continue;
      for (const { mask, members } of groups[food]) {
        const arrivals = members.map((i) => arrivalsAt(food, at[i], leave[i], firstLegs[i], legs));
        const done = meetingTime(arrivals) + 1;
        // Completion times ascend, so that a set of visits is tried in its own order only.
        if (done > time || done < makespan) continue;
        const before = members.map((i) => [at[i], leave[i]] as const);
        members.forEach((i, m) => {
          at[i] = food;
          leave[i] = arrivals[m].map((arrival) => Math.max(done, arrival + 1));
        });
        visits.push({ food, loaders: mask, done });
        extend(open & ~(1 << food), collected + foodLevels[food], done, sum + done);
        visits.pop();
        members.forEach((i, m) => ([at[i], leave[i]] = before[m]));
      }
    }
  };
  extend(left, 0, 0, 0);
  return best;
}

/** When one agent can stand on each side of a food, coming from the sides of its last one or from its start. */
function arrivalsAt(
  food: number,
  last: number,
  leave: readonly number[],
  firstLegs: readonly number[],
  legs: readonly (readonly number[])[],
): number[] {
  const arrivals = [Infinity, Infinity, Infinity, Infinity];
  for (let s = 0; s < 4; s++) {
    if (last < 0) arrivals[s] = firstLegs[4 * food + s];
    else
      for (let r = 0; r < 4; r++)
        arrivals[s] = Math.min(arrivals[s], leave[r] + legs[4 * last + r][4 * food + s]);
  }
  return arrivals;
}

/** The earliest time at which all loaders can stand on different sides; Infinity where they cannot. */
function meetingTime(arrivals: readonly (readonly number[])[], member = 0, taken = 0): number {
  if (member === arrivals.length) return 0;
  let best = Infinity;
  for (let s = 0; s < 4; s++) {
    if ((taken >> s) & 1 || arrivals[member][s] >= best) continue;
    const rest = meetingTime(arrivals, member + 1, taken | (1 << s));
    best = Math.min(best, Math.max(arrivals[member][s], rest));
  }
  return best;
}

/**
 * All groups whose levels sum to at least `level` and no longer do when any member leaves. A superfluous loader
 * never lets a food be collected earlier, so no schedule needs another group. Ascending by bit mask.
 */
export function smallestGroups(levels: readonly number[], level: number): readonly LoaderGroup[] {
  const groups: LoaderGroup[] = [];
  for (let mask = 1; mask < 1 << levels.length; mask++) {
    const members = levels.map((_, i) => i).filter((i) => (mask >> i) & 1);
    const sum = members.reduce((total, i) => total + levels[i], 0);
    if (sum >= level && members.every((i) => sum - levels[i] < level)) groups.push({ mask, members });
  }
  return groups;
}
