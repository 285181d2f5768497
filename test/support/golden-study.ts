import { type StudyInput } from '../../src/api/index.ts';
import { exportRuns, exportTraces, memoryStore, run, toJsonl } from '../../src/api/index.ts';
import { sha256 } from '../../src/core/index.ts';

/**
 * A small study over all four task types whose result is kept byte for byte in `golden/study/`. What it covers:
 * prompts, instances, references, sampling, several episodes, a further factor, unparsable answers.
 */
export const goldenStudy: StudyInput = {
  name: 'golden',
  models: [{ id: 'scripted', unparsableShare: 0.1 }],
  strategies: ['none'],
  tasks: ['coverage', 'foraging', 'assembly', 'hidden-profile'],
  seeds: 2,
  episodes: 2,
  factors: { temperature: [0.5, 1] },
};

export interface GoldenResult {
  /** One line of JSON per run. */
  readonly runs: string;
  /** SHA-256 of all traces as JSON Lines. */
  readonly traces: string;
  /** The first steps of the first run, to read what changed. */
  readonly excerpt: string;
}

export async function playGoldenStudy(): Promise<GoldenResult> {
  const store = memoryStore();
  await run(goldenStudy, { store });
  const lines = async (rows: AsyncIterable<string>) => {
    let text = '';
    for await (const line of rows) text += line;
    return text;
  };
  const traces = await lines(toJsonl(exportTraces(store, { prefixes: true })));
  const perTask = traces.split('\n').filter((line) => line.includes('"step":0,"agent":0'));
  return {
    runs: await lines(toJsonl(exportRuns(store))),
    traces: sha256(traces),
    excerpt: `${perTask.filter((_, k) => k % 4 === 0).join('\n')}\n`,
  };
}
