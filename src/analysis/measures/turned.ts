import { itemMean, type MeasuredCell, type MeasuredEpisode, pairsOf } from './cells.ts';
import type { Turned } from './results.ts';

/** What a cell made of what a baseline did with the same items. */
export function turnedFrom({ episodes, task }: MeasuredCell, baseline: MeasuredCell): Turned {
  const pairs = pairsOf(episodes, baseline.episodes);
  const facts = Object.entries(task.measures ?? {});
  const [success] = facts.find(([, { best }]) => best === 'pass') ?? [];
  const right = ({ measures }: MeasuredEpisode) => (success === undefined ? undefined : measures[success]);
  const share = (before: number, after: number) =>
    itemMean(pairs, ({ here, there }) => {
      const now = right(here);
      return right(there) !== before || now === undefined ? undefined : Number(now === after);
    }) ?? null;
  const gain = (value: (episode: MeasuredEpisode) => number | undefined) =>
    itemMean(
      pairs,
      ({ here, there }) => {
        const [now, before] = [value(here), value(there)];
        return now === undefined || before === undefined ? undefined : now - before;
      },
      [-1, 1],
    );
  const aims = [
    { measure: 'score', says: 'score', rewarded: true, success: false, value: gain(({ score }) => score) },
    ...facts
      .filter(([, { rewarded, best }]) => rewarded || best !== undefined)
      .map(([measure, { says, rewarded = false }]) => ({
        ...{ measure, says, rewarded, success: measure === success },
        value: gain(({ measures }) => measures[measure]),
      })),
  ];
  return {
    baseline: baseline.strategy,
    pairs: pairs.length,
    toWrong: share(1, 0),
    toRight: share(0, 1),
    gains: aims.flatMap(({ value, ...aim }) => (value ? [{ ...aim, value }] : [])),
  };
}
