import { fixed, signed } from '../../report/format.ts';
import type { EpisodeView } from '../../server/index.ts';
import { levels } from '../words.ts';
import { AgentCard } from './agent-card.tsx';
import { Passage, Word } from './basics.tsx';
import { Judgements } from './judgements.tsx';
import { Lanes } from './lanes.tsx';
import { Scene } from './scene.tsx';

/** One episode at one step: the situation, the lanes of all steps, and every agent's decision. */
export function EpisodePane({
  episode,
  step,
  onStep,
}: {
  episode: EpisodeView;
  step: number;
  onStep: (step: number) => void;
}) {
  const { run, steps, scenes, undrawn, references, agentNames } = episode;
  const name = [run.strategy, run.model, levels(run.factors)].filter(Boolean).join(', ');
  const ended = step >= steps.length;
  const before = step === 0 ? 0 : steps[step - 1].total;
  return (
    <section class="pane" aria-label={`Episode of ${name}`}>
      <dl class="outcome pane-head">
        <div class="pane-name">
          <dt>strategy</dt>
          <dd>
            <Word text={run.strategy} />
          </dd>
        </div>
        <div title="0 is random play, 1 the oracle of this instance, or the bounds that the task declares">
          <dt>score</dt>
          <dd>{fixed(episode.score)}</dd>
        </div>
        <div>
          <dt>return</dt>
          <dd>{fixed(episode.return, 3)}</dd>
        </div>
        <div title="Mean return of uniformly random play on this instance, or the low bound that the task declares">
          <dt>random</dt>
          <dd>{fixed(references.low, 3)}</dd>
        </div>
        <div title="A bound on the return of this instance, from the oracle or as the task declares it">
          <dt>oracle</dt>
          <dd>{fixed(references.high, 3)}</dd>
        </div>
        <div>
          <dt>so far</dt>
          <dd>{fixed(before, 3)}</dd>
        </div>
        {!ended && (
          <div>
            <dt>this step pays</dt>
            <dd>{signed(steps[step].reward, 3)}</dd>
          </div>
        )}
        {!ended &&
          Object.entries(steps[step].measures ?? {}).map(([name, value]) => (
            <div key={name} title="Measured by the task in this step">
              <dt>
                <Word text={name} longest={30} />
              </dt>
              <dd>{fixed(value, 3)}</dd>
            </div>
          ))}
      </dl>
      <Lanes episode={episode} step={step} onStep={onStep} label={`All steps of ${name}`} />
      <p class="soft legend">
        <span class="up">Green</span> gained against the agent’s alternatives in that step,{' '}
        <span class="down">orange</span> lost; underlined answers named no action; ≠ marks an action that is
        not the answer.
      </p>
      <div class="stage">
        {scenes ? (
          <Scene panels={scenes[step]} names={agentNames} />
        ) : (
          <p class="soft undrawn">{undrawn !== undefined && <Word text={undrawn} longest={500} />}</p>
        )}
        {ended ? (
          <p class="notice">The episode has ended.</p>
        ) : (
          <div class="cards">
            {steps[step].agents.map((agent, k) => (
              <AgentCard key={k} agent={k} name={agentNames[k]} step={agent} />
            ))}
          </div>
        )}
      </div>
      {!ended && <Judgements judgements={steps[step].judgements} />}
      <details>
        <summary>Rules, read by every agent before its prompt</summary>
        <Passage text={episode.rules} label="The rules" />
      </details>
    </section>
  );
}
