import { InputError, nearest } from '../../core/index.ts';
import {
  adjustP,
  linearComparison,
  levelWeights,
  pOfAlternative,
  tQuantile,
  tUpperTail,
} from '../../stats/index.ts';
import { absentLevel } from '../arranged.ts';
import { comparedLevels } from '../contrast-analysis.ts';
import { finestPlaces, placeText } from '../places.ts';
import { type FurtherContext, type FurtherTable, withoutRows } from './further.ts';

/** A contrast in somebody's own words: weights of levels that sum to 0. */
export interface OwnContrast {
  readonly name: string;
  readonly weights: Readonly<Record<string, number>>;
}

/**
 * Reads "debate=0.5,discussion=0.5,none=-1".
 *
 * @throws InputError when a weight is no number, weights do not sum to 0, or a level is not there
 */
export function readContrast(text: string, levels: readonly string[]): OwnContrast {
  const weights: Record<string, number> = {};
  for (const part of text.split(',')) {
    const at = part.lastIndexOf('=');
    const level = part.slice(0, at).trim();
    const weight = Number(part.slice(at + 1));
    if (at < 1 || part.slice(at + 1).trim() === '' || !Number.isFinite(weight)) {
      throw new InputError(
        `The contrast "${text}" has the part "${part.trim()}". Write level=weight, with commas between: debate=1,none=-1`,
      );
    }
    if (!levels.includes(level)) {
      const near = nearest(level, levels);
      throw new InputError(
        `The contrast "${text}" names "${level}", which is no compared level.${near ? ` Did you mean "${near}"?` : ''} ` +
          `There are ${levels.join(', ')}.`,
      );
    }
    weights[level] = (weights[level] ?? 0) + weight;
  }
  const sum = Object.values(weights).reduce((total, weight) => total + weight, 0);
  if (Math.abs(sum) > 1e-9 || Object.values(weights).every((weight) => weight === 0)) {
    throw new InputError(
      `The weights of the contrast "${text}" sum to ${sum}; they must sum to 0, and not all be 0, so that something is compared.`,
    );
  }
  return { name: text, weights };
}

/** Own contrasts over everything and at every finest place; p adjusted over all of them (Holm). */
export function ownContrasts(context: FurtherContext, texts: readonly string[]): FurtherTable {
  const { plan, arranged, alternative } = context;
  const shared = { id: 'contrasts', title: 'Own contrasts' };
  const levels = comparedLevels(plan);
  const own = texts.map((text) => readContrast(text, levels));
  if (!arranged) {
    return { ...shared, ...withoutRows('own contrasts need blocks: name their columns with --block') };
  }
  const factor = plan.comparedFactor!;
  const finest = finestPlaces(plan.factors.filter(({ name }) => name !== factor));
  const places = finest.length > 1 ? [{}, ...finest] : finest;
  const lines = own.flatMap(({ name, weights }) =>
    places.map((at) => {
      const parts = Object.entries(weights).map(([level, weight]) => ({
        missing: absentLevel(arranged, { ...at, [factor]: level }),
        cells: levelWeights(arranged.design, { ...at, [factor]: level }).map((g) => g.map((x) => weight * x)),
      }));
      const missing = parts.find((part) => part.missing !== undefined)?.missing;
      if (missing !== undefined) return { name, at, reason: `${missing} has no run` };
      const total = parts[0].cells.map((g, i) =>
        g.map((_, cell) => parts.reduce((sum, { cells }) => sum + cells[i][cell], 0)),
      );
      return { name, at, ...linearComparison(arranged.estimates, total, plan.confidence) };
    }),
  );
  const p = lines.map((line) => {
    if (!('t' in line) || line.t === null || line.df === null) return null;
    return pOfAlternative(tUpperTail(line.t, line.df).p, tUpperTail(-line.t, line.df).p, alternative);
  });
  const adjusted = adjustP(p, 'holm');
  return {
    ...shared,
    columns: ['contrast', 'where', 'estimate', 'low', 'high', 'p', 'p (Holm)'],
    rows: lines.map((line, i) => {
      if (!('estimate' in line)) return [line.name, placeText(line.at), null, null, null, null, null];
      const { estimate, standardError, df } = line;
      const known = estimate !== null && standardError !== null && df !== null;
      const share = alternative === 'two-sided' ? (1 + plan.confidence) / 2 : plan.confidence;
      const half = known ? tQuantile(share, df) * standardError : null;
      const low = half !== null && alternative !== 'less' ? estimate! - half : null;
      const high = half !== null && alternative !== 'greater' ? estimate! + half : null;
      return [line.name, placeText(line.at), estimate, low, high, p[i], adjusted[i]];
    }),
    notes: [
      `t tests with a variance of each group of its own, alternative ${alternative}; intervals are those of each contrast alone`,
    ],
  };
}
