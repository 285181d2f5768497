import type { StudyReader } from '../../contracts/index.ts';
import type { Row } from './row.ts';
import { finishedEpisodes } from './traces.ts';

/** What tasks asked their judges, one row per question in the order in which they were put. */
export async function* exportJudgements(store: StudyReader): AsyncGenerator<Row> {
  for await (const { record, identity } of finishedEpisodes(store)) {
    for (const [step, { judgements = [] }] of record.steps.entries()) {
      for (const [judgement, asked] of judgements.entries())
        yield {
          ...{ ...identity, episode: record.episode, step, judgement },
          judge: asked.judge,
          sample: asked.sample ?? 0,
          prefix: asked.prefix ?? record.prefix,
          prompt: asked.prompt,
          answer: asked.answer,
          inputTokens: asked.usage.inputTokens ?? null,
          outputTokens: asked.usage.outputTokens ?? null,
          costUsd: asked.usage.costUsd ?? null,
          sent: asked.sent ?? null,
        };
    }
  }
}
