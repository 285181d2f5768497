import type { StudyReader } from '../../contracts/index.ts';
import type { Row } from './row.ts';
import { finishedEpisodes } from './traces.ts';

/**
 * What tasks measured beside the reward, one row per step and measure, by name within a step. Tasks that measure
 * nothing have no row.
 */
export async function* exportMeasures(store: StudyReader): AsyncGenerator<Row> {
  for await (const { record, identity } of finishedEpisodes(store)) {
    for (const [step, { measures = {} }] of record.steps.entries()) {
      for (const measure of Object.keys(measures).sort())
        yield { ...identity, episode: record.episode, step, measure, value: measures[measure] };
    }
  }
}
