import type { EpisodeStep } from '../../server/index.ts';
import { fixed } from '../../report/format.ts';

/** What of a step is no measure: each agent's own gain, what no judge marked, and that tokens ran short. */
export function Conduct({
  step: { shares, notJudged, short },
  names,
}: {
  step: Pick<EpisodeStep, 'shares' | 'notJudged' | 'short'>;
  names: readonly string[];
}) {
  const lines = [
    ...(shares ? [`Own gains: ${shares.map((own, k) => `${names[k]} ${fixed(own)}`).join(', ')}.`] : []),
    ...(notJudged ? ['A judge was asked twice and gave no verdict: this episode has no score.'] : []),
    ...(short ? ['Its tokens paid for no further round: the team acted on what it had.'] : []),
  ];
  return lines.map((line) => (
    <p key={line} class="soft">
      {line}
    </p>
  ));
}
