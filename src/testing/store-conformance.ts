import assert from 'node:assert/strict';
import { type EpisodeRecord, StoreError, type StudyWriter, summarizeEpisode } from '../contracts/index.ts';
import { canonicalJson } from '../core/index.ts';
import type { Check } from './check.ts';
import {
  checkHeldByTheDead,
  checkReserves,
  checkReservesAtOnce,
  checkUsed,
  holdBeforeCrash,
} from './store-budget-checks.ts';
import { checkPages, checkProgress } from './store-query-checks.ts';
import {
  collect,
  doneOutcome,
  emptyDefinition,
  failedOutcome,
  plan,
  sample,
  study,
  timing,
} from './store-samples.ts';

export interface StoreConformanceOptions {
  /** A new, empty store. */
  readonly create: () => Promise<StudyWriter>;
  /**
   * Ends this store as a crash would, without `close`, and opens what it stored again. Absent for stores that
   * do not outlive their process.
   */
  readonly crash?: (store: StudyWriter) => Promise<StudyWriter>;
}

/** What every study store must fulfil: `for (const check of storeConformance(...)) it(check.name, check.run)`. */
export function storeConformance(options: StoreConformanceOptions): Check[] {
  const check = (name: string, body: (store: StudyWriter) => Promise<StudyWriter | void>): Check => ({
    name,
    run: async () => {
      const store = await options.create();
      const last = (await body(store)) ?? store;
      await last.close();
    },
  });
  const checks = [
    check('an empty store knows nothing', checkEmpty),
    check('a study reads back as saved, and its design keeps its order', checkStudy),
    check('a new design replaces the old one, and outcomes stay', checkReplacedDesign),
    check('an episode with its whole trace reads back to the byte', checkRoundTrip),
    check('what was saved cannot be changed from outside', checkIsolation),
    check('outcomes are replaced, never added', checkReplacedOutcome),
    check('finished episodes come in order, with sums and timings', checkSummaries),
    check('an episode is stored once', checkStoredOnce),
    check('planned runs of equal content share their outcome', checkSharedHash),
    check('a page holds the runs that pass its filter, in its order', checkPages),
    check('progress counts different runs, and names what they failed of', checkProgress),
    check('references read back exactly and can be replaced', checkReferences),
    check('tallies are sums by name', checkTallies),
    check('what is spent is that of the runs of the design, each once', checkUsed),
    check('a budget is held by one worker at a time, and what is lost is spent', checkReserves),
    check('workers that ask at once never hold more than the limit', checkReservesAtOnce),
    check('what JSON cannot hold is refused, and nothing is saved', checkRefusals),
    check('saves may be under way at the same time', checkConcurrency),
  ];
  const { crash } = options;
  if (crash) checks.push(check('a crash loses nothing that was saved', (store) => checkCrash(store, crash)));
  return checks;
}

const hashes = async (store: StudyWriter) => (await collect(store.outcomes())).map(({ run }) => run.hash);

async function checkEmpty(store: StudyWriter) {
  assert.equal(await store.study(), undefined);
  assert.equal(await store.head(), undefined);
  assert.equal(await store.version(), await store.version());
  assert.equal((await store.settled()).size, 0);
  assert.deepEqual(await collect(store.outcomes()), []);
  assert.deepEqual(await store.episodes('a'), []);
  assert.equal(await store.episode('a', 0), undefined);
  assert.equal(await store.references('a'), undefined);
}

async function checkStudy(store: StudyWriter) {
  await store.saveStudy(study);
  assert.deepEqual(await store.study(), study);
  assert.equal(JSON.stringify(await store.study()), JSON.stringify(study));
  const { name, definition } = study;
  assert.deepEqual(await store.head(), { name, definition });
  assert.deepEqual(
    await collect(store.outcomes()),
    study.runs.map((run) => ({ run })),
  );
  await store.saveStudy({ ...study, runs: [] });
  assert.deepEqual(await store.study(), { ...study, runs: [] }, 'a study may have no runs');
}

async function checkReplacedDesign(store: StudyWriter) {
  await store.saveStudy(study);
  await store.saveEpisode(sample('a'), timing, doneOutcome('a', sample('a')));
  const next = { name: 'next', definition: emptyDefinition, runs: ['b', 'e'].map(plan) };
  await store.saveStudy(next);
  assert.deepEqual(await store.study(), next);
  assert.deepEqual(await hashes(store), ['b', 'e']);
  assert.equal((await store.settled()).get('a')?.status, 'done');
  await store.saveStudy({ ...next, runs: [...next.runs].reverse() });
  assert.deepEqual(await hashes(store), ['e', 'b'], 'a changed order is a changed design');
  await store.saveStudy(study);
  assert.deepEqual((await collect(store.outcomes()))[1].outcome, doneOutcome('a', sample('a')));
}

async function checkRoundTrip(store: StudyWriter) {
  for (const k of [0, 1, 2]) {
    const episode = sample('a', k);
    await store.saveEpisode(episode, timing);
    const read = await store.episode('a', k);
    assert.deepEqual(read, episode);
    assert.equal(canonicalJson(read), canonicalJson(episode));
    assert.equal(
      JSON.stringify(read?.instance),
      JSON.stringify(episode.instance),
      'instances keep key order',
    );
  }
  assert.equal(await store.episode('a', 3), undefined);
}

async function checkIsolation(store: StudyWriter) {
  const mutable = structuredClone(sample('a')) as { steps: { reward: number }[] } & EpisodeRecord;
  await store.saveEpisode(mutable, timing);
  mutable.steps[0].reward = 99;
  assert.deepEqual(await store.episode('a', 0), sample('a'));
  const read = (await store.episode('a', 0)) as unknown as typeof mutable;
  read.steps[0].reward = 98;
  assert.deepEqual(await store.episode('a', 0), sample('a'));
}

async function checkReplacedOutcome(store: StudyWriter) {
  await store.saveStudy(study);
  await store.saveOutcome(failedOutcome('a'));
  assert.deepEqual((await store.settled()).get('a'), { status: 'provider-failure', usage: {} });
  assert.deepEqual((await collect(store.outcomes()))[1].outcome, failedOutcome('a'));
  await store.saveEpisode(sample('a'), timing, doneOutcome('a', sample('a')));
  const { status, usage, judgeUsage } = doneOutcome('a', sample('a'));
  assert.deepEqual([...(await store.settled())], [['a', { status, usage, judgeUsage }]]);
  assert.deepEqual((await collect(store.outcomes()))[1].outcome, doneOutcome('a', sample('a')));
}

async function checkSummaries(store: StudyWriter) {
  for (const k of [10, 2, 0]) await store.saveEpisode(sample('a', k), { ...timing, wallMs: k });
  await store.saveEpisode(sample('b'), timing);
  assert.deepEqual(
    await store.episodes('a'),
    [0, 2, 10].map((k) => ({ ...summarizeEpisode(sample('a', k)), ...timing, wallMs: k })),
  );
  assert.equal((await store.settled()).size, 0, 'a run without its last episode has no outcome');
}

async function checkStoredOnce(store: StudyWriter) {
  await store.saveEpisode(sample('a'), timing);
  const other = { ...sample('a'), score: 9 };
  await assert.rejects(store.saveEpisode(other, timing, doneOutcome('a', other)), StoreError);
  assert.deepEqual(await store.episode('a', 0), sample('a'));
  assert.equal((await store.settled()).size, 0, 'a refused episode leaves no outcome');
}

async function checkSharedHash(store: StudyWriter) {
  const runs = [plan('a', 0), { ...plan('a', 0), strategy: 'another label' }];
  await store.saveStudy({ ...study, runs });
  await store.saveOutcome(failedOutcome('a'));
  const outcome = failedOutcome('a');
  assert.deepEqual(
    await collect(store.outcomes()),
    runs.map((run) => ({ run, outcome })),
  );
}

async function checkTallies(store: StudyWriter) {
  assert.deepEqual(await store.tallies(), {});
  await store.addTallies({});
  await store.addTallies({ 'lost tokens': 3, faults: 1 });
  await Promise.all([
    store.addTallies({ 'lost tokens': 0.5 }),
    store.addTallies({ 'lost tokens': -1, other: 0 }),
  ]);
  assert.deepEqual(Object.entries(await store.tallies()), [
    ['faults', 1],
    ['lost tokens', 2.5],
    ['other', 0],
  ]);
  await assert.rejects(store.addTallies({ faults: 1, broken: Number.NaN }), StoreError);
  assert.equal((await store.tallies()).faults, 1);
}

async function checkReferences(store: StudyWriter) {
  const references = { high: 0.1 + 0.2, low: -1e-17, lowStandardError: 5e-324 };
  await store.saveReferences('a', references);
  assert.deepEqual(await store.references('a'), references);
  await store.saveReferences('a', { ...references, high: 2 });
  assert.deepEqual(await store.references('a'), { ...references, high: 2 });
  assert.equal(await store.references('b'), undefined);
}

async function checkRefusals(store: StudyWriter) {
  const good = sample('a');
  const [first] = good.steps;
  const bad: EpisodeRecord[] = [
    { ...good, score: NaN },
    { ...good, return: -Infinity },
    { ...good, instance: [NaN] },
    { ...good, references: { ...good.references, high: Infinity } },
    { ...good, steps: [{ ...first, reward: NaN }] },
    { ...good, steps: [{ ...first, agents: [{ ...first.agents[1], advice: [-Infinity, 0, 0] }] }] },
  ];
  for (const episode of bad) {
    await assert.rejects(store.saveEpisode(episode, timing), StoreError);
  }
  await assert.rejects(
    store.saveEpisode(good, timing, { ...doneOutcome('a', good), score: NaN }),
    StoreError,
  );
  assert.deepEqual(await store.episodes('a'), []);
  assert.equal((await store.settled()).size, 0);
  await store.saveEpisode(good, timing);
  assert.deepEqual(await store.episode('a', 0), good, 'a refusal does not harm what comes after');
}

async function checkConcurrency(store: StudyWriter) {
  const runs = Array.from({ length: 40 }, (_, k) => plan(`run-${k}`, k));
  const episodes = runs.map((run) => sample(run.hash));
  await Promise.all([
    store.saveStudy({ ...study, runs }),
    ...episodes.map((e) => store.saveEpisode(e, timing, doneOutcome(e.run, e))),
    ...episodes.map((e) => store.saveReferences(e.run, e.references)),
  ]);
  assert.deepEqual(
    await collect(store.outcomes()),
    runs.map((run, k) => ({ run, outcome: doneOutcome(run.hash, episodes[k]) })),
  );
  // One that is refused takes none of its neighbours with it, and what follows a save sees it.
  const save = (run: string) => store.saveEpisode(sample(run, 1), timing);
  const saved = Promise.allSettled([save('a'), save('b'), save('b'), save('c')]);
  assert.deepEqual(
    (await store.episodes('c')).map((summary) => summary.episode),
    [1],
  );
  assert.deepEqual(
    (await saved).map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  );
  for (const run of ['a', 'b', 'c']) assert.equal((await store.episodes(run)).length, 1);
}

async function checkCrash(store: StudyWriter, crash: (store: StudyWriter) => Promise<StudyWriter>) {
  await store.saveStudy(study);
  await store.saveReferences('key', sample('a').references);
  await store.saveEpisode(sample('a'), timing, doneOutcome('a', sample('a')));
  await store.saveOutcome(failedOutcome('b'));
  await store.saveEpisode(sample('c', 0), timing);
  await holdBeforeCrash(store);
  const reopened = await crash(store);
  await checkHeldByTheDead(reopened);
  assert.deepEqual(await reopened.study(), study);
  assert.deepEqual(await reopened.references('key'), sample('a').references);
  const settled = [...(await reopened.settled())].map(([hash, { status }]) => [hash, status]);
  assert.deepEqual(settled.sort(), [
    ['a', 'done'],
    ['b', 'provider-failure'],
  ]);
  assert.deepEqual(await reopened.episode('a', 0), sample('a'));
  assert.deepEqual(await reopened.episodes('c'), [{ ...summarizeEpisode(sample('c', 0)), ...timing }]);
  await reopened.saveEpisode(sample('c', 1), timing, doneOutcome('c', sample('c', 1)));
  assert.equal((await reopened.settled()).get('c')?.status, 'done', 'a study goes on after a crash');
  return reopened;
}
