import { InvalidArgumentError } from 'commander';
import type { GivenUntil } from '../api/index.ts';

const ofMost = ['seeds', 'minutes', 'usd'];
const names = [...ofMost, 'margin', 'confidence'];

/** What the help says of `--until`. */
export const untilHelp =
  'add seeds in looks until everything is settled; the most seeds, or with more than that ' +
  'seeds=400,minutes=20,usd=5,margin=0.1,confidence=0.95, as `until` in the study file';

/**
 * `--until 400`, or `--until seeds=400,minutes=20,usd=5,margin=0.1,confidence=0.95`. Whether the values can be is for the
 * study's own check to say, as it does for a file.
 */
export function untilOption(text: string): GivenUntil {
  const pairs = text.split(',').map((part): [string, number] => {
    const [name, value] = part.includes('=') ? part.split('=', 2) : ['seeds', part];
    if (!names.includes(name.trim()))
      throw new InvalidArgumentError(
        `"${name.trim()}" is none of ${names.join(', ')}. Write --until 400, or --until seeds=400,minutes=20.`,
      );
    if (value.trim() === '' || !Number.isFinite(Number(value)))
      throw new InvalidArgumentError(`"${part.trim()}" has no number. Write ${name.trim()}=20, for example.`);
    return [name.trim(), Number(value)];
  });
  const twice = pairs.find(([name], k) => pairs.findIndex(([other]) => other === name) !== k);
  if (twice) throw new InvalidArgumentError(`"${twice[0]}" is said twice. Say it once.`);
  const most = pairs.filter(([name]) => ofMost.includes(name));
  const others = pairs.filter(([name]) => !ofMost.includes(name));
  return { ...Object.fromEntries(others), most: Object.fromEntries(most) };
}

/** As it is typed. */
export function untilText({ most, ...others }: GivenUntil): string {
  return Object.entries({ ...most, ...others })
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}
