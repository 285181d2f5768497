import { InputError } from '../core/index.ts';
import type { ResolvedStudy } from './resolve.ts';

/** Raise it when learning from a run's episodes comes out otherwise: stored runs are addressed by it. */
export const onlineRevision = 2;

/**
 * A run learns for its later episodes, so one episode per run would learn for nothing.
 * @throws InputError when a study learns online in vain
 */
export function refuseVainLearning({ settings, factors, strategies }: ResolvedStudy) {
  const asked =
    settings.online || factors.some(({ name, levels }) => name === 'online' && levels.includes(true));
  if (!asked) return;
  if (settings.attempts > 1 || factors.some(({ name }) => name === 'attempts'))
    throw new InputError(
      'The study learns online, from episodes of one attempt each. Remove `attempts`, or `online`.',
    );
  if (settings.episodes < 2)
    throw new InputError(
      'The study learns online, but each run has one episode, after which nothing is left to learn for. ' +
        'Set `episodes` to 2 or more.',
    );
  if (!strategies.some(({ definition }) => definition.training))
    throw new InputError(
      'The study learns online, but none of its strategies can learn. Add one that is trained, or remove `online`.',
    );
}
