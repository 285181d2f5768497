import type { EpisodeStep } from '../../server/index.ts';
import { Passage, Word } from './basics.tsx';

/** What the task asked its judges before it paid. */
export function Judgements({ judgements = [] }: Pick<EpisodeStep, 'judgements'>) {
  if (judgements.length === 0) return null;
  return (
    <details class="questions">
      <summary>
        {judgements.length} {judgements.length === 1 ? 'question' : 'questions'} to judges
      </summary>
      <ol>
        {judgements.map(({ judge, prompt, answer, usage }, k) => (
          <li key={k}>
            <p class="soft">
              <Word text={judge} longest={40} />, {(usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)} judge
              tokens
            </p>
            <Passage text={prompt} label={`Question ${k + 1} to the judge ${judge}`} />
            <Passage text={answer} label={`What the judge ${judge} answered to question ${k + 1}`} />
          </li>
        ))}
      </ol>
    </details>
  );
}
