import type { Opinions } from '../../contracts/index.ts';
import { itemMean, type MeasuredEpisode } from './cells.ts';
import type { Talk } from './results.ts';

/** How agents that answered again changed their minds; null where nobody did. */
export function talkOf(episodes: readonly Pick<MeasuredEpisode, 'item' | 'opinions'>[]): Talk | null {
  const share = (part: keyof Opinions, whole: keyof Opinions) =>
    itemMean(episodes, ({ opinions }) =>
      opinions && opinions[whole] > 0 ? opinions[part] / opinions[whole] : undefined,
    );
  const [still, changed] = [share('still', 'talks'), share('changed', 'again')];
  if (!still || !changed) return null;
  return {
    talks: episodes.reduce((sum, { opinions }) => sum + (opinions?.talks ?? 0), 0),
    still,
    changed,
    agreedBefore: share('agreedBefore', 'shared') ?? null,
    agreedAfter: share('agreedAfter', 'shared') ?? null,
  };
}
