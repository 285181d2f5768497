import type { AgentTrace, EpisodeRecord, QuestionTrace, StudyReader } from '../../contracts/index.ts';
import type { Row } from './row.ts';
import { type ExportTracesOptions, finishedEpisodes, wordOf } from './traces.ts';

/**
 * Every question that was put to an agent, one row each: those of a step in the order in which the agent was asked,
 * the one that its action came of last (`acted`). Agents that were not asked have no row.
 */
export async function* exportQuestions(
  store: StudyReader,
  options: Pick<ExportTracesOptions, 'actions'> = {},
): AsyncGenerator<Row> {
  for await (const { record, identity, words } of finishedEpisodes(store, options))
    yield* episodeRows(record, identity, words);
}

function* episodeRows(
  { episode, steps }: Pick<EpisodeRecord, 'episode' | 'steps'>,
  identity: Row,
  words: readonly string[] | undefined,
): Generator<Row> {
  for (const [step, { agents }] of steps.entries()) {
    for (const [agent, trace] of agents.entries()) {
      for (const [question, asked] of questionsOf(trace).entries()) {
        const place = { ...identity, episode, step, agent, question, acted: asked === trace };
        yield { ...place, ...questionCells(asked, words) };
      }
    }
  }
}

type Asked = AgentTrace | QuestionTrace;

function questionsOf(trace: AgentTrace): readonly Asked[] {
  return [...(trace.questions ?? []), ...(trace.prompt === undefined ? [] : [trace])];
}

function questionCells(asked: Asked, words: readonly string[] | undefined): Row {
  const further = 'form' in asked ? asked : undefined;
  const written = 'action' in asked && typeof asked.action === 'string' ? asked.action : further?.text;
  return {
    form: further?.form ?? ('offer' in asked && asked.offer !== undefined ? 'text' : 'choice'),
    notes: further?.notes ? JSON.stringify(further.notes) : null,
    sees: further?.sees ?? null,
    by: asked.by ?? null,
    sample: further?.sample ?? 0,
    supposed: further?.supposed ?? false,
    prompt: asked.prompt ?? null,
    answer: asked.answer ?? null,
    text: written ?? null,
    distribution: asked.distribution ?? null,
    mass: asked.mass ?? null,
    answered: asked.answered ?? null,
    answeredWord: wordOf(words, asked.answered),
    confidence: asked.confidence ?? null,
    unparsable: asked.unparsable ?? false,
    unread: asked.unread ?? 0,
    calls: asked.calls ?? 1,
    inputTokens: asked.usage?.inputTokens ?? null,
    outputTokens: asked.usage?.outputTokens ?? null,
    costUsd: asked.usage?.costUsd ?? null,
    sent: asked.sent ?? null,
  };
}
