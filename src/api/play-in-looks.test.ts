import { expect, it } from 'vitest';
import { type LookTaken, run } from './index.ts';
import { analyzeStudy } from '../analysis/index.ts';
import type { StudyWriter } from '../contracts/index.ts';
import { memoryStore } from '../store/index.ts';
import type { GivenUntil, StudyInput } from '../study/index.ts';

const study: StudyInput = {
  name: 'until',
  models: ['scripted'],
  strategies: ['none', 'uninformative', 'discussion'],
  tasks: ['matrix-game', { id: 'coverage', horizon: 3 }],
  seeds: 4,
  until: { most: { seeds: 24 } },
};

async function played(store: StudyWriter, stop?: AbortSignal, onProgress?: () => void) {
  const looks: LookTaken[] = [];
  const { summary } = await run(study, {
    store,
    onLook: (look) => looks.push(look),
    ...(stop && { stop }),
    ...(onProgress && { onProgress }),
  });
  return { looks, summary };
}

async function resultsOf(store: StudyWriter) {
  const record = await store.study();
  const { verdicts, looks, data } = await analyzeStudy(record!, store.outcomes(), { resamples: 99 });
  return { verdicts, looks, data, seeds: record!.definition.seeds.length };
}

it('plays what is open look by look, and the same looks however often it is interrupted', async () => {
  const whole = memoryStore();
  const { looks, summary } = await played(whole);
  expect(summary.ended).toBe('finished');
  expect(looks.map(({ seeds }) => seeds)).toEqual([4, 6, 9, 12, 15, 18, 21, 24].slice(0, looks.length));
  expect(looks[0].msLeft).toHaveLength(looks[0].open.length);
  expect(looks[0].text).toMatch(/^After 4 seeds: .* Next look: 6 seeds\.$/);
  expect(looks.at(-1)!.open.length === 0 || looks.at(-1)!.seeds === 24).toBe(true);
  const cells = 6;
  // What is settled is played no more.
  expect(summary.total).toBeLessThan(24 * cells);

  const often = memoryStore();
  let starts = 0;
  for (; ; starts++) {
    const stop = new AbortController();
    let steps = 0;
    const { summary: partly } = await played(often, stop.signal, () => {
      if (++steps === 40) stop.abort(new Error('enough'));
    });
    if (partly.ended === 'finished') break;
  }
  expect(starts).toBeGreaterThan(1);
  expect(await resultsOf(often)).toEqual(await resultsOf(whole));
});

it('needs a baseline', async () => {
  await expect(
    run({ ...study, strategies: ['uninformative', 'discussion'] }, { store: memoryStore() }),
  ).rejects.toThrow('compares strategies with a baseline, and this one has none. Add one, such as `none`');
});

it('goes on with the looks of its budget, and ends between looks when its time is over', async () => {
  let now = 0;
  const clock = {
    timestamp: () => new Date(0).toISOString(),
    monotonicMs: () => (now += 61_000),
    sleep: () => Promise.resolve(),
  };
  const store = memoryStore();
  const looks: LookTaken[] = [];
  await run(
    { ...study, until: { most: { seeds: 24, minutes: 1 } } },
    { store, clock: clock, onLook: (look) => looks.push(look) },
  );
  expect(looks.map(({ seeds, next }) => [seeds, next])).toEqual([[4, 6]]);
  expect((await resultsOf(store)).seeds).toBe(4);
});

it('has no error to spend after its last look, and says what to do', async () => {
  const store = memoryStore();
  // Differences of an indifferent model scatter too much to be settled by five seeds.
  const small = { ...study, seeds: 4, until: { most: { seeds: 5 } } };
  await run(small, { store });
  await run(small, { store });
  const further = run({ ...small, until: { most: { seeds: 10 } } }, { store });
  await expect(further).rejects.toThrow(/after all of its 5 seeds, so no error is left to spend/);
  const { until: _, ...grown } = small;
  expect((await run({ ...grown, seeds: 6 }, { store })).summary.ended).toBe('finished');
});

it('takes what is given beside the study before what the study says, with the same errors', async () => {
  const store = memoryStore();
  await run(study, { store, until: { most: { seeds: 6 }, margin: 0.2 } });
  expect((await store.study())?.definition).toMatchObject({ margin: 0.2, until: { looks: [4, 5, 6] } });
  const given = (until: GivenUntil, own = study) => run(own, { store: memoryStore(), until });
  await expect(given({ margin: 0 })).rejects.toThrow(/^--until: study: until.margin: a margin is above 0/);
  await expect(given({ most: { seeds: 3 } })).rejects.toThrow(
    /^--until: The first look has 4 seeds, more than `most.seeds` \(3\)/,
  );
  const { until: _, ...without } = study;
  await expect(given({ most: { minutes: 5 } }, without)).rejects.toThrow(
    /until.most.seeds: say the most seeds, `most: \{seeds: 400\}`: .* paid service is asked/,
  );
});
