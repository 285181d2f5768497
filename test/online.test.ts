import { describe, expect, it } from 'vitest';
import {
  type EpisodeRecord,
  memoryStore,
  type PlannedRun,
  run,
  type RunOptions,
  type StudyInput,
  type StudyWriter,
} from '../src/api/index.ts';

// The model is always certain of the first action, so advice moves nothing and all runs of a seed go the same way:
// what differs between their traces is what the strategies have learned.
const study: StudyInput = {
  name: 'online',
  models: [{ id: 'scripted', answer: 'first' }],
  strategies: ['none', 'vdn'],
  tasks: ['coverage'],
  seeds: [0],
  episodes: 3,
};

interface Played {
  readonly run: PlannedRun;
  readonly episodes: readonly EpisodeRecord[];
}

async function play(changes: Partial<StudyInput>, store = memoryStore(), options: Partial<RunOptions> = {}) {
  await run({ ...study, ...changes }, { store, ...options });
  const all: Played[] = [];
  for await (const { run: planned } of store.outcomes()) {
    const episodes = [];
    for (const { episode } of await store.episodes(planned.hash))
      episodes.push((await store.episode(planned.hash, episode))!);
    all.push({ run: planned, episodes });
  }
  return all;
}

const advice = ({ steps }: EpisodeRecord) =>
  steps.flatMap(({ agents }) => agents.map((agent) => agent.advice));
const of = (all: readonly Played[], strategy: string, factors = {}) =>
  all.filter(
    ({ run: planned }) =>
      planned.strategy === strategy && JSON.stringify(planned.factors) === JSON.stringify(factors),
  );

describe('a study that learns online', () => {
  it('advises differently after each episode, and leaves alone what cannot learn', async () => {
    const all = await play({ factors: { online: [false, true] } });
    const frozen = of(all, 'vdn', { online: false });
    const learning = of(all, 'vdn', { online: true });
    for (const [k, { episodes }] of learning.entries()) {
      const before = frozen[k].episodes;
      expect(episodes.map((e) => e.steps.map((s) => s.agents.map((a) => a.action)))).toEqual(
        before.map((e) => e.steps.map((s) => s.agents.map((a) => a.action))),
      );
      expect(advice(episodes[0])).toEqual(advice(before[0]));
      expect(advice(episodes[1])).not.toEqual(advice(before[1]));
      expect(advice(episodes[2])).not.toEqual(advice(before[2]));
    }
    expect(learning.map(({ run: planned }) => planned.hash)).not.toEqual(frozen.map(({ run: planned }) => planned.hash)); // prettier-ignore
    // A strategy that does not learn plays one and the same run.
    const none = [of(all, 'none', { online: false }), of(all, 'none', { online: true })];
    expect(none[1].map(({ run: planned }) => planned.hash)).toEqual(none[0].map(({ run: planned }) => planned.hash)); // prettier-ignore
  });

  it('learns the same whatever the concurrency, and after an interruption', async () => {
    const changes = { strategies: ['vdn', 'coma', 'commnet'], online: true };
    const undisturbed = await play({ ...changes, concurrency: 1 });
    expect(await play({ ...changes, concurrency: 8 })).toEqual(undisturbed);

    const store = memoryStore();
    const stop = new AbortController();
    let saved = 0;
    const stopping: StudyWriter = {
      ...store,
      saveEpisode: async (...episode) => {
        await store.saveEpisode(...episode);
        if (++saved === 5) stop.abort();
      },
    };
    const half = await play(changes, stopping, { stop: stop.signal });
    const finished = half.map(({ episodes }) => episodes.length);
    expect(Math.min(...finished)).toBeLessThan(3);
    expect(Math.max(...finished)).toBeGreaterThan(0);
    expect(await play(changes, store)).toEqual(undisturbed);
  });

  it('is refused where there is nothing to learn for, or nobody who learns', async () => {
    await expect(play({ online: true, episodes: 1 })).rejects.toThrow(/`episodes` to 2 or more/);
    await expect(play({ online: true, strategies: ['none'] })).rejects.toThrow(
      /none of its strategies can learn/,
    );
    await expect(play({ factors: { online: [true] }, episodes: 1 })).rejects.toThrow(/2 or more/);
  });
});
