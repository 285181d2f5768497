import type { AgentStep } from '../../server/index.ts';
import { count } from '../words.ts';
import { agentColor } from './agents.ts';
import { Passage, Word } from './basics.tsx';
import { Code, partsOf } from './code.tsx';
import { conversationOf, type Turn } from './turns.ts';

/** A step as a conversation: who was asked, had read whom, and said what, with the tokens of each. */
export function Conversation({ agents, names }: { agents: readonly AgentStep[]; names: readonly string[] }) {
  const rounds = conversationOf(agents);
  return (
    <section class="conversation" aria-label="Conversation">
      <Tokens agents={agents} names={names} />
      {rounds.map(({ heard, turns }) => (
        <section key={heard} aria-label={titleOf(heard)}>
          <h3>{titleOf(heard)}</h3>
          <ol>
            {turns.map((turn, k) => (
              <TurnItem key={k} turn={turn} names={names} asCode={agents[turn.agent].code === true} />
            ))}
          </ol>
        </section>
      ))}
    </section>
  );
}

function titleOf(heard: number): string {
  return heard === 0 ? 'Before anybody was heard' : `Having heard round ${heard}`;
}

function TurnItem({ turn, names, asCode }: { turn: Turn; names: readonly string[]; asCode: boolean }) {
  const { agent, kind, text, read, by, prompt, answer, tokens } = turn;
  const name = names[agent];
  const readers = read.map((who) =>
    typeof who === 'string' ? who : who === agent ? 'its own words' : names[who],
  );
  return (
    <li class="turn" style={{ borderInlineStartColor: agentColor(agent) }}>
      <p class="turn-head">
        <strong>
          <Word text={name} longest={30} />
        </strong>{' '}
        {by !== undefined && (
          <>
            (answered by the judge <Word text={by} longest={40} />){' '}
          </>
        )}
        {kind}
        <span class="soft">
          {readers.length > 0 && (
            <>
              , having read <Word text={readers.join(', ')} longest={120} />
            </>
          )}
          {tokens > 0 && `, ${count(tokens)} tokens`}
        </span>
      </p>
      {text !== '' &&
        partsOf(text, asCode && kind !== 'says').map((part, k) =>
          part.code ? (
            <Code key={k} code={part.text} label={`Program of ${name}`} />
          ) : (
            <Passage key={k} text={part.text} label={`What ${name} ${kind}`} />
          ),
        )}
      {prompt !== undefined && (
        <details>
          <summary>what it was shown</summary>
          <Passage text={prompt} label={`What ${name} read`} />
          {answer !== undefined && (
            <>
              <h4>Its whole answer</h4>
              <Passage text={answer} label={`All that ${name} answered`} />
            </>
          )}
        </details>
      )}
    </li>
  );
}

/** Questions and tokens of each agent in this step. */
function Tokens({ agents, names }: { agents: readonly AgentStep[]; names: readonly string[] }) {
  const rows = agents.map(({ usage, prompt, questions = [] }) => {
    const usages = [...questions.map((question) => question.usage), usage];
    const sum = (part: 'inputTokens' | 'outputTokens') =>
      usages.reduce((total, each) => total + (each?.[part] ?? 0), 0);
    return {
      asked: questions.length + (prompt === undefined ? 0 : 1),
      read: sum('inputTokens'),
      wrote: sum('outputTokens'),
    };
  });
  return (
    <table class="talk-tokens">
      <thead>
        <tr>
          <th scope="col">agent</th>
          <th scope="col">questions</th>
          <th scope="col">tokens read</th>
          <th scope="col">written</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ asked, read, wrote }, agent) => (
          <tr key={agent}>
            <th scope="row">
              <i class="dot" style={{ background: agentColor(agent) }} />
              <Word text={names[agent]} longest={30} />
            </th>
            <td>{count(asked)}</td>
            <td>{count(read)}</td>
            <td>{count(wrote)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
