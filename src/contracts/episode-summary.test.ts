import { describe, expect, it } from 'vitest';
import { summarizeEpisode, sumUsage } from './episode-summary.ts';
import type { EpisodeRecord } from './episode.ts';

describe('sumUsage', () => {
  it('adds what is reported and leaves what nobody reports absent, never 0', () => {
    expect(sumUsage([{ inputTokens: 3 }, {}, { inputTokens: 4, costUsd: 0 }])).toStrictEqual({
      inputTokens: 7,
      costUsd: 0,
    });
    expect(sumUsage([])).toStrictEqual({});
  });
});

describe('summarizeEpisode', () => {
  it('counts joint actions, questions and unparsable answers', () => {
    const asked = { prompt: 'Act.', availableActions: [0, 1], action: 0, usage: { outputTokens: 1 } };
    const forced = { availableActions: [0], action: 0 };
    const episode: EpisodeRecord = {
      run: 'r',
      episode: 2,
      instance: null,
      references: { high: 1, low: 0, lowStandardError: 0 },
      return: 0.5,
      score: 0.5,
      prefix: '',
      steps: [
        { agents: [asked, forced], reward: 0.5 },
        { agents: [forced, { ...asked, unparsable: true }], reward: 0 },
        { agents: [forced, forced], reward: 0 },
      ],
    };
    expect(summarizeEpisode(episode)).toStrictEqual({
      episode: 2,
      score: 0.5,
      return: 0.5,
      steps: 3,
      decisions: 2,
      unparsable: 1,
      usage: { outputTokens: 2 },
    });
  });
});
