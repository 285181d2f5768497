import { fixed, signed } from '../../report/format.ts';
import type { AgentStep, EpisodeView } from '../../server/index.ts';
import { levels } from '../words.ts';
import { AgentCard } from './agent-card.tsx';
import { Passage, Word } from './basics.tsx';
import { Conduct } from './conduct.tsx';
import { Conversation } from './conversation.tsx';
import { Judgements } from './judgements.tsx';
import { Lanes } from './lanes.tsx';
import { Measured } from './measured.tsx';
import { Scene } from './scene.tsx';
import { isConversation } from './turns.ts';

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
  const { run, steps, scenes, undrawn, references, agentNames, simulated, item, facts } = episode;
  const name = [run.strategy, run.model, levels(run.factors)].filter(Boolean).join(', ');
  const ended = step >= steps.length;
  const talked = !ended && isConversation(steps[step].agents);
  const talk = talked && <Conversation agents={steps[step].agents} names={agentNames} />;
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
        {item !== undefined && (
          <div title="The question or problem that was played">
            <dt>item</dt>
            <dd>
              <Word text={item} longest={40} />
            </dd>
          </div>
        )}
        <div
          title={
            simulated
              ? '0 is random play, 1 the oracle of this instance'
              : 'Between the bounds that the task declares'
          }
        >
          <dt>score</dt>
          <dd>{fixed(episode.score)}</dd>
        </div>
        <div>
          <dt>return</dt>
          <dd>{fixed(episode.return, 3)}</dd>
        </div>
        <div
          title={
            simulated
              ? 'Mean return of uniformly random play'
              : 'The return that the task declares to score 0'
          }
        >
          <dt>{simulated ? 'random' : 'scores 0'}</dt>
          <dd>{fixed(references.low, 3)}</dd>
        </div>
        <div
          title={
            simulated
              ? 'A bound on the return, from the oracle'
              : 'The return that the task declares to score 1'
          }
        >
          <dt>{simulated ? 'oracle' : 'scores 1'}</dt>
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
      </dl>
      <Lanes episode={episode} step={step} onStep={onStep} label={`All steps of ${name}`} />
      <Legend steps={steps} />
      <div class="stage">
        {scenes ? (
          <Scene panels={scenes[step]} names={agentNames} />
        ) : (
          // What was said is all there is to see of a step without a picture.
          !talked &&
          undrawn !== undefined && (
            <p class="soft undrawn">
              <Word text={undrawn} longest={500} />
            </p>
          )
        )}
        {!scenes && talk}
        {ended ? (
          <p class="notice">The episode has ended.</p>
        ) : (
          <div class="cards">
            {steps[step].agents.map((agent, k) =>
              talked && agent.offer !== undefined ? null : (
                <AgentCard key={k} agent={k} name={agentNames[k]} step={agent} />
              ),
            )}
          </div>
        )}
        {scenes && talk}
      </div>
      {!ended && <Measured measures={steps[step].measures} facts={facts} />}
      {!ended && <Conduct step={steps[step]} names={agentNames} />}
      {!ended && <Judgements judgements={steps[step].judgements} />}
      <details>
        <summary>Rules, read by every agent before its prompt</summary>
        <Passage text={episode.rules} label="The rules" />
      </details>
    </section>
  );
}

/** What the colours and marks of this episode mean; nothing of those that it has not. */
function Legend({ steps }: Pick<EpisodeView, 'steps'>) {
  const any = (has: (agent: AgentStep) => boolean) => steps.some(({ agents }) => agents.some(has));
  const parts = [
    any(({ credit }) => credit !== undefined) && (
      <>
        <span class="up">Green</span> gained against the agent’s alternatives in that step,{' '}
        <span class="down">orange</span> lost
      </>
    ),
    any(({ unparsable }) => unparsable === true) && <>underlined answers named no action</>,
    any(({ said }) => said !== undefined) && <>≠ marks an action that is not the answer</>,
  ].filter((part) => part !== false);
  if (parts.length === 0) return null;
  return (
    <p class="soft legend">
      {parts.map((part, k) => (
        <span key={k}>
          {k > 0 && '; '}
          {part}
        </span>
      ))}
      .
    </p>
  );
}
