import { randomStream, type RandomStream } from '../../../core/index.ts';

/**
 * A stream of its own for each step of an episode: what is drawn in a step hangs on no step before it, so an episode
 * whose first steps are recalled goes on as if it had been played.
 */
export function stepStreams(episode: RandomStream): (time: number) => RandomStream {
  const name = episode.next();
  return (time) => randomStream('step', name, time);
}
