import { randomStream } from '../../core/index.ts';
import { performanceProfile, probabilityOfImprovement, stratifiedBootstrap } from '../../stats/index.ts';
import { armsByPlace, pairsOf } from './arms.ts';
import { type FurtherContext, type FurtherStatistic, withoutRows } from './further.ts';

const resamples = 2000;
const noBlocks = 'it redraws whole blocks: name their columns with --block';

/** How likely a score of one level exceeds one of another, for every pair, as a mean over places. */
export const improvement: FurtherStatistic = {
  id: 'improvement',
  title: 'Probability of improvement, all pairs',
  compute: (context) => {
    if (!context.arranged) return withoutRows(noBlocks);
    const places = armsByPlace(context);
    const levels = [...places[0].arms.keys()];
    const pairs = levels.flatMap((a, i) => levels.slice(i + 1).map((b) => [a, b] as const));
    return {
      columns: ['X', 'Y', 'P(X > Y)', 'low', 'high'],
      rows: pairs.map(([a, b]) => {
        const strata = places
          .map(({ arms }) => pairsOf(arms.get(a)!, arms.get(b)!))
          .map(({ x, y }) => x.map((value, i) => [value, y[i]] as const))
          .filter((blocks) => blocks.length > 0);
        if (strata.length === 0) return [a, b, null, null, null];
        const { estimate, low, high } = redrawn(context, `${a} over ${b}`, strata, (drawn) =>
          mean(
            drawn.map((blocks) =>
              probabilityOfImprovement(
                blocks.map(([x]) => x),
                blocks.map(([, y]) => y),
              ),
            ),
          ),
        );
        return [a, b, estimate, low, high];
      }),
      notes: ['mean over places; ties count one half; intervals by redrawing blocks within places'],
    };
  },
};

/** Share of scores above each threshold, with pointwise bands. */
export const profiles: FurtherStatistic = {
  id: 'profiles',
  title: 'Performance profiles with bands',
  compute: (context) => {
    if (!context.arranged) return withoutRows(noBlocks);
    const places = armsByPlace(context);
    const all = places.flatMap(({ arms }) => [...arms.values()].flat()).filter((x) => !Number.isNaN(x));
    const [low, high] = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
    const thresholds = Array.from({ length: 11 }, (_, i) => low + ((high - low) * i) / 10);
    return {
      columns: ['level', 'score above', 'share of runs', 'low', 'high'],
      rows: [...places[0].arms.keys()].flatMap((level) => {
        const strata = places
          .map(({ arms }) => arms.get(level)!.filter((x) => !Number.isNaN(x)))
          .filter((scores) => scores.length > 0);
        if (strata.length === 0) return [];
        return thresholds.map((threshold) => {
          const own = redrawn(
            context,
            `profile of ${level} at ${threshold}`,
            strata,
            (drawn) => performanceProfile(drawn.flat(), [threshold])[0],
          );
          return [level, threshold, own.estimate, own.low, own.high];
        });
      }),
      notes: ['bands hold at each threshold by itself, by redrawing blocks within places'],
    };
  },
};

function redrawn<T>(
  { plan }: FurtherContext,
  name: string,
  strata: readonly (readonly T[])[],
  statistic: (drawn: readonly (readonly T[])[]) => number,
) {
  const stream = randomStream(plan.seed, 'further', name);
  return stratifiedBootstrap(strata, statistic, { stream, resamples, confidence: plan.confidence });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
