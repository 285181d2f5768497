import type { Usage } from './model.ts';
import type { EpisodeRecord } from './store.ts';

/** What a run's outcome is computed from. */
export interface EpisodeSummary {
  readonly episode: number;
  readonly score: number;
  readonly return: number;
  readonly steps: number;
  readonly decisions: number;
  readonly unparsable: number;
  readonly usage: Usage;
}

/** Counts and sums of one episode's trace; stores keep them so that nobody has to read traces for them. */
export function summarizeEpisode(episode: EpisodeRecord): EpisodeSummary {
  const agents = episode.steps.flatMap((step) => step.agents);
  return {
    episode: episode.episode,
    score: episode.score,
    return: episode.return,
    steps: episode.steps.length,
    decisions: agents.filter((agent) => agent.prompt !== undefined).length,
    unparsable: agents.filter((agent) => agent.unparsable).length,
    usage: sumUsage(agents.map((agent) => agent.usage ?? {})),
  };
}

/** The sum of each part of the usage over those that report it; a part that nobody reports stays absent. */
export function sumUsage(usages: readonly Usage[]): Usage {
  const parts = ['inputTokens', 'outputTokens', 'costUsd'] as const;
  const sums: { -readonly [part in keyof Usage]: Usage[part] } = {};
  for (const usage of usages) {
    for (const part of parts) {
      const value = usage[part];
      if (value !== undefined) sums[part] = (sums[part] ?? 0) + value;
    }
  }
  return sums;
}
