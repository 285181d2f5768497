import { describe, expect, it } from 'vitest';
import {
  type EpisodeRecord,
  memoryStore,
  run,
  type StrategyDefinition,
  type StudyInput,
  type StudyReader,
} from '../src/api/index.ts';
import * as strategies from '../src/strategies/index.ts';
import { emptyDefinition } from '../src/testing/store-samples.ts';

const study = (over: Partial<StudyInput> = {}): StudyInput => ({
  name: 'dice',
  models: ['scripted'],
  strategies: ['none'],
  tasks: ['coverage', 'hidden-profile'],
  seeds: 3,
  ...over,
});

async function episodes(store: StudyReader): Promise<Record<string, EpisodeRecord>> {
  const out: Record<string, EpisodeRecord> = {};
  for await (const { run: planned } of store.outcomes()) {
    const { model, strategy, task, seed, factors } = planned;
    const episode = await store.episode(planned.hash, 0);
    if (episode)
      out[
        [model, strategy, task, seed, ...Object.values(factors).map((level) => JSON.stringify(level))].join()
      ] = { ...episode, run: '' };
  }
  return out;
}

/** Does nothing, under a name of its own. */
const silent: StrategyDefinition = { ...strategies.none, id: 'silent', title: 'Nothing, otherwise called' };

describe('the dice of a run', () => {
  it('are the same for all strategies: two that do nothing play the same episodes', async () => {
    const store = memoryStore();
    await run(study({ strategies: ['none', silent] }), { store });
    const all = await episodes(store);
    expect(Object.keys(all)).toHaveLength(12);
    for (const task of ['coverage', 'hidden-profile'])
      for (const seed of [0, 1, 2])
        expect(all[`scripted,silent,${task},${seed}`]).toEqual(all[`scripted,none,${task},${seed}`]);
  });

  it('are the same at all levels of a setting, and others for every seed and model', async () => {
    const store = memoryStore();
    const models = ['scripted', { id: 'scripted', answer: 'uniform', label: 'even' }];
    await run(study({ models, tasks: ['matrix-game'], seeds: 8, factors: { temperature: [0.999, 1] } }), {
      store,
    });
    const all = await episodes(store);
    const joint = (model: string, seed: number, temperature: number) =>
      all[`${model},none,matrix-game,${seed},${temperature}`].steps[0].agents
        .map(({ action }) => action)
        .join();
    const seeds = [...Array(8).keys()];
    // Even play is the same distribution at all temperatures, so only the dice could make a difference.
    expect(seeds.map((seed) => joint('even', seed, 0.999))).toEqual(
      seeds.map((seed) => joint('even', seed, 1)),
    );
    expect(new Set(seeds.map((seed) => joint('even', seed, 1))).size).toBeGreaterThan(1);
    expect(seeds.map((seed) => joint('even', seed, 1))).not.toEqual(
      seeds.map((seed) => joint('scripted', seed, 1)),
    );
  });
});

describe('a study that an earlier version played by other rules', () => {
  /** A finished study as an earlier version left it: it says nothing of how it was played, and its runs have other hashes. */
  async function finished() {
    const now = memoryStore();
    await run(study(), { store: now });
    const { name, definition, runs } = (await now.study())!;
    const { playRevision: _, ...kept } = definition;
    const store = memoryStore();
    const old = (hash: string) => `${hash.slice(0, -3)}old`;
    await store.saveStudy({ name, definition: kept, runs: runs.map((r) => ({ ...r, hash: old(r.hash) })) });
    for (const { hash } of runs) {
      const { startedAt, wallMs } = (await now.episodes(hash))[0];
      const episode = { ...(await now.episode(hash, 0))!, run: old(hash) };
      const outcome = {
        hash: old(hash),
        status: 'done',
        score: 0.5,
        return: 1,
        episodes: 1,
        steps: 1,
      } as const;
      const counts = { decisions: 1, unparsable: 0, usage: {} };
      await store.saveEpisode(episode, { startedAt, wallMs }, { ...outcome, ...counts });
    }
    return store;
  }

  it('is not gone on with, and stays as it is', async () => {
    const store = await finished();
    const before = await store.study();
    await expect(run(study({ seeds: 5 }), { store })).rejects.toThrow(
      /"dice" has 6 results that an earlier version of this package played by other rules \(play revision 1, prompt revision 2; now play revision 2, .*--play-again/,
    );
    expect(await store.study()).toEqual(before);
    expect(Object.keys(await episodes(store))).toHaveLength(6);
  });

  it('is played anew on request, and then gone on with as ever', async () => {
    const store = await finished();
    const { summary } = await run(study(), { store, playAgain: true });
    expect(summary).toMatchObject({ total: 6, played: 6, ended: 'finished' });
    expect((await run(study({ seeds: 4 }), { store })).summary).toMatchObject({ total: 8, played: 2 });
  });

  it('is gone on with where it has no results yet', async () => {
    const store = memoryStore();
    await store.saveStudy({ name: 'dice', definition: emptyDefinition, runs: [] });
    expect((await run(study(), { store })).summary.ended).toBe('finished');
  });
});
