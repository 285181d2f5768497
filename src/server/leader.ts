import type { PlannedRun } from '../contracts/index.ts';
import { canonicalJson } from '../core/index.ts';

/** Which strategy is ahead of all others so far. Nothing is tested: a lead may be chance. */
export interface Leader {
  readonly strategy: string;
  /** How far it is ahead of the next, in score. */
  readonly by: number;
  readonly next: string;
}

/**
 * The strategy that leads. A strategy stands where its mean difference from `reference` is, over the blocks that both
 * have a score of, each place (model, task, further factors) with the same weight; only strategies that were met in as
 * many places as any other are compared. Undefined while fewer than two can be, or where two lead alike.
 */
export function leaderOf(
  scored: readonly { readonly run: PlannedRun; readonly score: number }[],
  reference: string,
): Leader | undefined {
  const placeOf = ({ model, task, factors }: PlannedRun) => canonicalJson([model, task, factors]);
  const blockOf = (run: PlannedRun) => `${placeOf(run)} ${run.seed}`;
  const references = new Map(
    scored.flatMap(({ run, score }) => (run.strategy === reference ? [[blockOf(run), score]] : [])),
  );
  const sums = new Map<string, Map<string, { sum: number; n: number }>>();
  for (const { run, score } of scored) {
    const other = references.get(blockOf(run));
    if (other === undefined) continue;
    const places = sums.get(run.strategy) ?? new Map<string, { sum: number; n: number }>();
    sums.set(run.strategy, places);
    const place = places.get(placeOf(run)) ?? { sum: 0, n: 0 };
    places.set(placeOf(run), place);
    place.sum += score - other;
    place.n++;
  }
  const others = [...sums].filter(([strategy]) => strategy !== reference);
  const most = Math.max(...others.map(([, places]) => places.size));
  const standing = others
    .filter(([, places]) => places.size === most)
    .map(([strategy, places]) => {
      const means = [...places.values()].map(({ sum, n }) => sum / n);
      return { strategy, ahead: means.reduce((a, b) => a + b, 0) / means.length };
    });
  const [first, second] = [{ strategy: reference, ahead: 0 }, ...standing].sort((a, b) => b.ahead - a.ahead);
  if (standing.length === 0 || first.ahead - second.ahead < 1e-9) return undefined;
  return { strategy: first.strategy, by: first.ahead - second.ahead, next: second.strategy };
}
