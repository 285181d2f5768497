import type { StudyReader } from '../../contracts/index.ts';
import type { Row } from './row.ts';
import { factorNames, runCells } from './runs.ts';

/**
 * The finished episodes, one row each, in the order of the design: what each scored, and which item it played in tasks
 * whose instances are a fixed list, such as questions.
 */
export async function* exportEpisodes(store: StudyReader): AsyncGenerator<Row> {
  const runs = (await store.study())?.runs ?? [];
  const factors = factorNames(runs);
  for (const run of runs) {
    for (const episode of await store.episodes(run.hash)) {
      yield {
        ...runCells(run, factors),
        episode: episode.episode,
        item: episode.item ?? null,
        score: episode.score ?? null,
        return: episode.return,
        steps: episode.steps,
        decisions: episode.decisions,
        unparsable: episode.unparsable,
        notJudged: episode.notJudged ?? 0,
        shortSteps: episode.short ?? 0,
        inputTokens: episode.usage.inputTokens ?? null,
        outputTokens: episode.usage.outputTokens ?? null,
        costUsd: episode.usage.costUsd ?? null,
      };
    }
  }
}
