import type { Note } from '../../../contracts/index.ts';
import { say } from './act.ts';
import type { TeamStep } from './team-strategy.ts';

/** Who appraises: one of the study's judges, or a member of the team. */
export interface Appraiser {
  readonly judge: string | null;
}

/** The most tokens of an appraisal. */
const longest = 200;

/** What is to be appraised. */
export interface Appraised {
  readonly notes: readonly Note[];
  /** What is asked, sentence by sentence; empty ones are left out. */
  readonly brief: readonly string[];
}

/**
 * Asks for appraisals of what the team did, from what everybody sees: the judge, or the agent that the option `place`
 * names. Those that cannot be read are asked for once more; then there is none, which is no 0.
 *
 * @param read undefined where the text holds no appraisal
 */
export async function appraise<T>(
  { members, placed, options: { judge } }: Pick<TeamStep<Appraiser>, 'members' | 'placed' | 'options'>,
  all: readonly Appraised[],
  read: (text: string) => T | undefined,
): Promise<readonly (T | undefined)[]> {
  const further = { sees: members.map((_, k) => k), ...(judge !== null && { by: judge }) };
  const ask = async ({ notes, brief }: Appraised, again: object) => {
    const text = brief.filter((sentence) => sentence !== '').join(' ');
    return read(
      await say(members[placed], longest, [...notes, { kind: 'brief', text }], { ...further, ...again }),
    );
  };
  const first = await Promise.all(all.map((one) => ask(one, {})));
  // All at once and only then, so that the order of questions hangs on no answer's speed.
  return Promise.all(all.map(async (one, k) => first[k] ?? ask(one, { sample: 1 })));
}

/** A number as models write it. */
const number = String.raw`([-+]?\d+(?:\.\d+)?)`;

/**
 * The numbers that a text says of each agent: `Ann: 0.5; Bob: 1`, so many behind each name.
 * @returns undefined where one of them lacks its numbers
 */
export function numbersOf(
  text: string,
  names: readonly string[],
  count = 1,
): readonly (readonly number[])[] | undefined {
  const all = names.map((name) => {
    const own = name.replace(/[^\p{L}\p{N}]/gu, '\\$&');
    const following = Array.from({ length: count }, () => number).join(String.raw`\s*[,/ ]\s*`);
    const found = new RegExp(String.raw`(?<![\p{L}\p{N}])${own}\W{1,4}?${following}`, 'iu').exec(text);
    return found?.slice(1).map(Number);
  });
  return all.every((numbers) => numbers !== undefined) ? all : undefined;
}

/** The only number of a text, where it lies in these bounds. */
export function numberIn(text: string, low: number, high: number): number | undefined {
  const found = [...text.matchAll(/[-+]?\d+(?:\.\d+)?/gu)].map(([digits]) => Number(digits));
  const [value] = found;
  return found.length === 1 && value >= low && value <= high ? value : undefined;
}

/** A number as agents read it, with at most two decimals. */
export function told(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}
