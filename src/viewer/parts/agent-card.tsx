import { signed } from '../../report/format.ts';
import type { AgentStep } from '../../server/index.ts';
import { count } from '../words.ts';
import { agentColor } from './agents.ts';
import { Passage, Word } from './basics.tsx';

/** All that one agent was told, thought and did in one step. */
export function AgentCard({ agent, name, step }: { agent: number; name: string; step: AgentStep }) {
  return (
    <article class="agent-card" style={{ borderTopColor: agentColor(agent) }} aria-label={name}>
      <header>
        <h3>
          <Word text={name} />
        </h3>
        <p class="chosen">
          <Word text={step.chosen} />
          {step.said !== undefined && (
            <small>
              not what it answered: <Word text={step.said} />
            </small>
          )}
        </p>
      </header>
      <Outcome step={step} />
      <Distribution step={step} />
      {step.message !== undefined && (
        <>
          <h4>Said</h4>
          <Passage text={step.message} label={`What ${name} said`} />
        </>
      )}
      <h4>Prompt</h4>
      {step.prompt === undefined ? (
        <p class="soft">Only one action was available, so no model was asked.</p>
      ) : (
        <Passage text={step.prompt} label={`What ${name} read`} />
      )}
      {step.answer !== undefined && (
        <>
          <h4>Answer</h4>
          {step.by !== undefined && <AnsweredBy judge={step.by} />}
          <Passage text={step.answer} label={`What ${name} answered`} />
        </>
      )}
    </article>
  );
}

/** Says that no agent spoke. */
function AnsweredBy({ judge }: { judge: string }) {
  return (
    <p class="soft">
      answered by <Word text={judge} longest={40} />, a judge
    </p>
  );
}

function Outcome({ step }: { step: AgentStep }) {
  const { credit, feedback, privileged, announced, unparsable, usage } = step;
  const tokens = (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);
  return (
    <dl class="outcome">
      {credit !== undefined && (
        <div title="Team reward of this step minus its mean over the actions this agent had, the others fixed">
          <dt>credit</dt>
          <dd class={credit > 1e-9 ? 'up' : credit < -1e-9 ? 'down' : ''}>{signed(credit, 3)}</dd>
        </div>
      )}
      {feedback !== undefined && (
        <div
          title={
            privileged
              ? 'What the agent is told about its last action, by a mixer or critic that read the state then'
              : 'What the agent is told about its last action'
          }
        >
          <dt>{privileged ? 'privileged feedback' : 'feedback'}</dt>
          <dd>{feedback}</dd>
        </div>
      )}
      {announced !== undefined && (
        <div title="What it announced to its teammates">
          <dt>plans</dt>
          <dd>
            <Word text={announced} />
          </dd>
        </div>
      )}
      {tokens > 0 && (
        <div>
          <dt>tokens</dt>
          <dd>{count(tokens)}</dd>
        </div>
      )}
      {unparsable && (
        <div class="flag">
          <dt>answer</dt>
          <dd>named no action; it acted at random</dd>
        </div>
      )}
    </dl>
  );
}

const mostBars = 12;

/** The model's probabilities, the advice, and what the agent acted from. */
function Distribution({ step }: { step: AgentStep }) {
  const { available, distribution, advice, policy, chosenIndex } = step;
  if (available.length < 2) return null;
  const acted = policy ?? distribution;
  const order = available.map((_, k) => k);
  const shown =
    available.length <= mostBars
      ? order
      : [...order].sort((a, b) => (acted?.[b] ?? 0) - (acted?.[a] ?? 0)).slice(0, mostBars);
  if (!shown.includes(chosenIndex) && chosenIndex >= 0) shown[shown.length - 1] = chosenIndex;
  const percent = (p: number | undefined) =>
    p === undefined ? '–' : p > 0 && p < 0.005 ? '<1' : String(Math.round(100 * p));
  return (
    <table class="distribution">
      <thead>
        <tr>
          <th scope="col">action</th>
          <th scope="col" class="unseen">
            chance
          </th>
          <th scope="col" title="What the model answered, per cent">
            model
          </th>
          {advice && (
            <th scope="col" title="Log-weights that the strategy adds, in nats">
              advice
            </th>
          )}
          {policy && (
            <th scope="col" title="What the agent acted from: model and advice together, per cent">
              acts
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {shown.map((k) => (
          <tr key={k} class={k === chosenIndex ? 'taken' : ''}>
            <th scope="row">
              <Word text={available[k]} longest={30} />
              {k === chosenIndex && <span class="unseen"> (chosen)</span>}
            </th>
            <td class="bars" aria-hidden="true">
              <span class="acts" style={{ width: `${100 * (acted?.[k] ?? 0)}%` }} />
              {policy && <span class="model" style={{ left: `${100 * (distribution?.[k] ?? 0)}%` }} />}
            </td>
            <td>{percent(distribution?.[k])}</td>
            {advice && <td>{signed(advice[k])}</td>}
            {policy && <td>{percent(policy[k])}</td>}
          </tr>
        ))}
      </tbody>
      {shown.length < available.length && (
        <tfoot>
          <tr>
            <td colSpan={5}>and {available.length - shown.length} less likely actions</td>
          </tr>
        </tfoot>
      )}
    </table>
  );
}
