import { describe, expect, it } from 'vitest';
import {
  exportQuestions,
  memoryStore,
  type PlannedRun,
  type Row,
  run,
  type RunOutcome,
  type StudyInput,
  type StudyWriter,
} from '../src/api/index.ts';

// A strategy that may spend what another one does: who pays what, whatever is played first.

const study = (over: Partial<StudyInput> = {}): StudyInput => ({
  name: 'matches',
  models: ['scripted'],
  strategies: [
    { id: 'single-best-of-n', matches: 'debate' },
    'debate',
    'single',
    'none',
    { id: 'discussion', label: 'poor-discussion', matches: 'none' },
  ],
  tasks: [{ id: 'question-set', form: 'text', label: 'written' }, { id: 'hidden-profile' }],
  seeds: 6,
  ...over,
});

const tokens = ({ usage: { inputTokens = 0, outputTokens = 0 } }: RunOutcome) => inputTokens + outputTokens;
const median = (all: number[]) => {
  const sorted = [...all].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
};

async function outcomes(store: StudyWriter) {
  const all: (PlannedRun & { readonly outcome: RunOutcome })[] = [];
  for await (const { run: planned, outcome } of store.outcomes()) all.push({ ...planned, outcome: outcome! });
  const of = (strategy: string, task: string) =>
    all
      .filter((row) => row.strategy === strategy && row.task === task)
      .sort((a, b) => a.seed - b.seed)
      .map(({ outcome }) => outcome);
  return { all, of };
}

async function questions(store: StudyWriter) {
  const rows: Row[] = [];
  for await (const row of exportQuestions(store)) rows.push(row);
  return rows;
}

describe('a strategy that matches another', () => {
  it('spends what the first five runs of that one spent, and never less than one answer a step', async () => {
    const store = memoryStore();
    const { summary } = await run(study(), { store });
    expect(summary).toMatchObject({ ended: 'finished', failed: 0, completed: 60 });
    const { of } = await outcomes(store);
    for (const task of ['written', 'hidden-profile']) {
      const limit = median(of('debate', task).slice(0, 5).map(tokens));
      const single = of('single', task).map(tokens);
      for (const [k, spent] of of('single-best-of-n', task).map(tokens).entries()) {
        expect(spent).toBeLessThanOrEqual(limit);
        // Room for one more answer in each of its steps would have been used.
        expect(spent).toBeGreaterThan(limit - 1.5 * single[k]);
        expect(spent).toBeGreaterThan(single[k]);
      }
    }
  });

  it('acts on what it has where its tokens pay for no further round, and the trace says so', async () => {
    const store = memoryStore();
    await run(study(), { store });
    const { all } = await outcomes(store);
    const flags = new Map<string, boolean[]>();
    for (const { hash, strategy } of all) {
      const { steps } = (await store.episode(hash, 0))!;
      flags.set(strategy, [...(flags.get(strategy) ?? []), ...steps.map(({ short }) => short === true)]);
    }
    // The first step shows what a question costs; from then on a round for everybody is too dear.
    expect(flags.get('poor-discussion')!.filter((short) => short).length).toBeGreaterThan(10);
    expect(flags.get('debate')!.some((short) => short)).toBe(false);
  });

  it('comes to the same bytes at any concurrency, and after it was stopped in the middle', async () => {
    const [whole, wide, stopped] = [memoryStore(), memoryStore(), memoryStore()];
    await run(study({ concurrency: 1 }), { store: whole });
    await run(study({ concurrency: 64 }), { store: wide });
    const expected = await questions(whole);
    expect(await questions(wide)).toEqual(expected);
    for (const share of [0.1, 0.5]) {
      const abort = new AbortController();
      await run(study({ concurrency: 4 }), {
        store: stopped,
        abort: abort.signal,
        onProgress: ({ completed, total }) => {
          if (completed > share * total) abort.abort();
        },
      });
    }
    await run(study(), { store: stopped });
    expect(await questions(stopped)).toEqual(expected);
    expect((await outcomes(stopped)).all).toEqual((await outcomes(whole)).all);
  });

  it('is another run than one without a match, and others are none other for it', async () => {
    const hashes = async (strategies: StudyInput['strategies']) => {
      const store = memoryStore();
      await run(study({ strategies, seeds: 1, tasks: ['hidden-profile'] }), { store });
      return (await outcomes(store)).all.map(({ hash }) => hash);
    };
    const [debate, free] = await hashes(['debate', 'single-best-of-n']);
    const [other, bound] = await hashes(['debate', { id: 'single-best-of-n', matches: 'debate' }]);
    expect(other).toBe(debate);
    expect(bound).not.toBe(free);
  });

  it('is refused where the other is not in the study, or matches too', async () => {
    const refused = (strategies: StudyInput['strategies']) =>
      run(study({ strategies }), { store: memoryStore() });
    await expect(refused(['none', { id: 'single-best-of-n', matches: 'debate' }])).rejects.toThrow(
      /"single-best-of-n" is to spend the tokens of "debate", which is no strategy of this study\. List it too/,
    );
    await expect(refused([{ id: 'debate', matches: 'debate' }])).rejects.toThrow(
      /matches another one, or is itself/,
    );
  });

  it('fails by name where the other never finished', async () => {
    const store = memoryStore();
    const failing = { id: 'scripted', failureShare: 1 };
    await run(study({ models: [failing], tasks: ['hidden-profile'], seeds: 1 }), { store });
    const { of } = await outcomes(store);
    expect(of('single-best-of-n', 'hidden-profile')[0]).toMatchObject({
      status: 'task-error',
      error: expect.stringContaining(
        'The tokens of "debate", which this run may spend, are not known',
      ) as string,
    });
  });
});
