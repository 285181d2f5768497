import type { CountedTokens } from '../../src/models/parts/gguf/candidates.ts';

export interface Setting {
  readonly opening: string;
  readonly order: 'given' | 'rotated';
  readonly calibration: 'none' | 'contextual';
  readonly tokens: CountedTokens;
}

/** What stands for the prefix where choices are lettered and asked for over HTTP. */
export const letters = 'letters';

/** One value per question. */
export interface Tally {
  /** 1 where the likeliest choice is the right one. */
  readonly right: number[];
  /** 1 where it is the first of the task's list. */
  readonly first: number[];
  /** Natural logarithm of the right choice's probability over that of even odds. */
  readonly nats: number[];
  readonly mass: number[];
  /** Accuracy of guessing. */
  readonly chance: number[];
}

export function settingName(set: string, { opening, order, calibration, tokens }: Setting): string {
  return JSON.stringify([set, opening, order, calibration, tokens]);
}

interface Page {
  readonly heading: string;
  readonly openings: readonly string[];
  /** Questions of each set. */
  readonly counts: Readonly<Record<string, number>>;
  readonly tallies: ReadonlyMap<string, Tally>;
  readonly cpuSeconds: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

function standardError(values: readonly number[]): number {
  const average = mean(values);
  return Math.sqrt(
    values.reduce((sum, x) => sum + (x - average) ** 2, 0) / (values.length - 1) / values.length,
  );
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

const shown = (opening: string) => (opening === '' ? 'none' : `\`${opening}\``);
const withError = (values: readonly number[]) =>
  `${mean(values).toFixed(2)} ± ${standardError(values).toFixed(2)}`;

export function scoringPage({ heading, openings, counts, tallies, cpuSeconds }: Page): string {
  const sets = Object.keys(counts);
  const tally = (set: string, setting: Setting) => tallies.get(settingName(set, setting))!;
  const plain = { opening: openings[0], order: 'given', calibration: 'none', tokens: 'telling' } as const;
  const cells = (setting: Setting, of = sets) =>
    of.flatMap((set) => {
      const { right, nats } = tally(set, setting);
      return [withError(right), withError(nats)];
    });
  const table = (columns: readonly string[], rows: readonly (readonly string[])[]) =>
    [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
  const measured = (of: readonly string[]) => of.flatMap((set) => [`${set}: right`, `${set}: nats`]);
  const allTokens = sets.filter((set) => tallies.has(settingName(set, { ...plain, tokens: 'mean' })));
  const both = openings.flatMap((opening) =>
    (['none', 'contextual'] as const).flatMap((calibration) =>
      (['given', 'rotated'] as const).map((order): Setting => ({
        opening,
        calibration,
        order,
        tokens: 'telling',
      })),
    ),
  );
  const byTokens = openings.flatMap((opening) =>
    (['none', 'contextual'] as const).flatMap((calibration) =>
      (['telling', 'all', 'mean'] as const).map((tokens): Setting => ({
        opening,
        calibration,
        order: 'given',
        tokens,
      })),
    ),
  );
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return [
    heading.trim(),
    '## Figures',
    `${total} questions (${sets.map((set) => `${set} ${counts[set]}`).join(', ')}), ${cpuSeconds.toFixed(0)} CPU seconds, one thread. Guessing is right in ${sets.map((set) => `${mean(tally(set, plain).chance).toFixed(2)} (${set})`).join(', ')} of them.`,
    '### Answer prefix, calibration, order',
    table(
      ['prefix', 'calibration', 'order', ...measured(sets)],
      both.map((each) => [shown(each.opening), each.calibration, each.order, ...cells(each)]),
    ),
    '### Which tokens count',
    'In the given order.',
    table(
      ['prefix', 'calibration', 'tokens', ...measured(allTokens)],
      byTokens.map((each) => [shown(each.opening), each.calibration, each.tokens, ...cells(each, allTokens)]),
    ),
    '### What is preferred whatever is asked',
    'Median candidate mass, and how often the first choice of the list is the likeliest, without calibration.',
    table(
      ['prefix', 'order', ...sets.flatMap((set) => [`${set}: mass`, `${set}: first`])],
      openings.flatMap((opening) =>
        (['given', 'rotated'] as const).map((order) => [
          shown(opening),
          order,
          ...sets.flatMap((set) => {
            const { mass, first } = tally(set, { ...plain, opening, order });
            return [middle(mass).toPrecision(2), mean(first).toFixed(2)];
          }),
        ]),
      ),
    ),
    '### Letters over HTTP',
    'The same model behind a server on this machine that speaks as services do, asked by `openai-compatible:` with ' +
      '`answer: probabilities`: choices have letters, and the answer is read from the first token, of which twenty ' +
      'candidates are reported. `mass` is what the letters have together (a lower bound), `first` how often A is the ' +
      'likeliest; `rotated` gives A to another choice.',
    table(
      ['order', ...sets.flatMap((set) => [`${set}: right`, `${set}: nats`, `${set}: mass`, `${set}: first`])],
      (['given', 'rotated'] as const).map((order) => [
        order,
        ...sets.flatMap((set) => {
          const { right, nats, mass, first } = tally(set, { ...plain, opening: letters, order });
          return [withError(right), withError(nats), middle(mass).toPrecision(2), mean(first).toFixed(2)];
        }),
      ]),
    ),
    '',
  ].join('\n\n');
}
