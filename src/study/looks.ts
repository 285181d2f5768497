import { usualMargin } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import type { StudyInput, StudySettings } from './schema.ts';
import type { StudySource } from './source.ts';

const shares = 8;

/**
 * When a study that grows until it knows is looked at: after the first seeds, then each time they have doubled, and
 * from an eighth of the most on at every eighth. Simulated studies needed the fewest runs with eight equal looks; the
 * early ones catch what is plain at once, and cost next to nothing of the error.
 *
 * @returns seeds by each look, rising; undefined where the study says no `until`
 * @throws InputError for a list of seeds, a first look beyond the most, or two margins
 */
export function plannedLooks(
  { until, seeds, margin }: StudySettings,
  { placeOf }: Pick<StudySource, 'placeOf'>,
): number[] | undefined {
  if (!until) return undefined;
  const { seeds: most } = until.most;
  if (typeof seeds !== 'number')
    throw new InputError(
      'A study with `until` adds seeds 0, 1, 2 and so on. Let `seeds` be the number of the first look, not a list.',
      placeOf(['seeds']),
    );
  if (seeds > most)
    throw new InputError(
      `The first look has ${seeds} seeds, more than \`most.seeds\` (${most}). Lower \`seeds\`, or raise \`until.most.seeds\`.`,
      placeOf(['until', 'most', 'seeds']),
    );
  if (seeds < 2) throw new InputError('A look needs at least 2 seeds. Raise `seeds`.', placeOf(['seeds']));
  if (until.margin !== undefined && margin !== usualMargin && until.margin !== margin)
    throw new InputError(
      `\`margin\` is ${margin} and \`until.margin\` ${until.margin}. There is one margin: leave one of them out.`,
      placeOf(['until', 'margin']),
    );
  return looksBetween(seeds, most);
}

/** Seeds by each look. @param first at least 1 @param most at least `first` */
export function looksBetween(first: number, most: number): number[] {
  const looks: number[] = [];
  for (let count = first; count < most / shares; count *= 2) looks.push(count);
  for (let k = 1; k <= shares; k++) {
    const count = Math.ceil((k * most) / shares);
    if (count >= Math.max(first, (looks.at(-1) ?? 0) + 1)) looks.push(count);
  }
  if (looks[0] !== first) looks.unshift(first);
  return looks;
}

/** What `until` may spend is part of the budget. */
export function withMostDollars(settings: StudySettings): StudySettings {
  const most = settings.until?.most.usd;
  if (most === undefined) return settings;
  const { budget } = settings;
  return { ...settings, budget: { ...budget, usd: Math.min(budget.usd ?? Infinity, most) } };
}

type UntilInput = NonNullable<StudyInput['until']>;

/** `until` as it is given beside a study file: what it says holds, the rest is the file's. */
export type GivenUntil = Partial<Omit<UntilInput, 'most'>> & { readonly most?: Partial<UntilInput['most']> };

/** The study with what `until` was given beside it; whatever is wrong with that is told at `--until`. */
export function withUntil({ value, placeOf }: StudySource, given: GivenUntil | undefined): StudySource {
  if (!given) return { value, placeOf };
  const { until, ...study } = value as { readonly until?: GivenUntil };
  const most = { ...until?.most, ...given.most };
  const merged = { ...until, ...given, most };
  const flag = { file: '--until' };
  return {
    value: { ...study, until: merged },
    placeOf: (path) => {
      if (path[0] !== 'until') return placeOf(path);
      const within = path[1] === 'most' ? until?.most : until;
      const name = path[1] === 'most' ? path[2] : path[1];
      const own = path[1] === 'most' ? given.most : given;
      const inFile = within !== undefined && name !== undefined && name in within && !(own && name in own);
      return inFile ? placeOf(path) : flag;
    },
  };
}
