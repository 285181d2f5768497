import type { Usage } from './model.ts';
import type { AgentTrace, EpisodeRecord, QuestionTrace, StepTrace } from './episode.ts';
import { type Opinions, opinionsOf } from './opinions.ts';

const usageParts = ['inputTokens', 'outputTokens', 'costUsd'] as const;

/** Below this candidate mass (`ScoreReply.mass`), a distribution is over answers that the model would hardly give. */
export const slightMass = 0.01;

/** Of decisions whose candidate mass is known. */
export interface MassCount {
  readonly known: number;
  /** Those whose mass is below `slightMass`. */
  readonly slight: number;
}

/** What a run's outcome is computed from. */
export interface EpisodeSummary {
  readonly episode: number;
  /** Absent where something was not judged. */
  readonly score?: number;
  readonly return: number;
  readonly steps: number;
  readonly decisions: number;
  readonly unparsable: number;
  /** The team's. */
  readonly usage: Usage;
  /** That of the task's judges; absent where nobody was asked to judge. */
  readonly judgeUsage?: Usage;
  /** Absent where no candidate mass is known. */
  readonly mass?: MassCount;
  /** The instance's name, where the task has a list of them. */
  readonly item?: string;
  /** What the task measured, by name: of each what it was at last. */
  readonly measures?: Readonly<Record<string, number>>;
  /** Things that no judge has marked, asked twice; absent where there are none. */
  readonly notJudged?: number;
  /** Steps whose tokens paid for no further round; absent where there are none. */
  readonly short?: number;
  /** How agents changed their minds; absent where nobody answered again after hearing others. */
  readonly opinions?: Opinions;
}

/** Counts and sums of one episode's trace; stores keep them so that nobody has to read traces for them. */
export function summarizeEpisode(episode: EpisodeRecord): EpisodeSummary {
  const agents = episode.steps.flatMap((step) =>
    step.agents.flatMap((agent): readonly Asked[] =>
      agent.questions ? [...agent.questions, agent] : [agent],
    ),
  );
  const judged = episode.steps.flatMap(({ judgements = [] }) => judgements);
  const measures = Object.fromEntries(episode.steps.flatMap((step) => Object.entries(step.measures ?? {})));
  const opinions = opinionsOf(episode.steps);
  const notJudged = notJudgedIn(episode.steps);
  const short = episode.steps.filter((step) => step.short).length;
  const masses = agents.flatMap(({ prompt, mass }) =>
    prompt === undefined || mass === undefined ? [] : [{ known: 1, slight: mass < slightMass ? 1 : 0 }],
  );
  return {
    episode: episode.episode,
    ...(episode.score !== undefined && { score: episode.score }),
    return: episode.return,
    steps: episode.steps.length,
    decisions: agents.reduce((sum, agent) => sum + (agent.prompt === undefined ? 0 : (agent.calls ?? 1)), 0),
    unparsable: agents.reduce((sum, agent) => sum + unreadOf(agent), 0),
    usage: sumUsage(agents.map((agent) => agent.usage ?? {})),
    ...(judged.length > 0 && { judgeUsage: sumUsage(judged.map(({ usage }) => usage)) }),
    ...(masses.length > 0 && { mass: sumMasses(masses) }),
    ...(episode.item !== undefined && { item: episode.item }),
    ...(Object.keys(measures).length > 0 && { measures }),
    ...(notJudged > 0 && { notJudged }),
    ...(short > 0 && { short }),
    ...(opinions && { opinions }),
  };
}

/** How many things no judge has marked. */
export function notJudgedIn(steps: readonly Pick<StepTrace, 'notJudged'>[]): number {
  return steps.reduce((sum, { notJudged = 0 }) => sum + notJudged, 0);
}

export function sumMasses(masses: readonly MassCount[]): MassCount {
  const sum = (part: keyof MassCount) => masses.reduce((total, mass) => total + mass[part], 0);
  return { known: sum('known'), slight: sum('slight') };
}

type Asked = AgentTrace | QuestionTrace;

/** Answers to one question that named no available action. */
function unreadOf({ unparsable, unread = 0, calls = 1 }: Asked): number {
  return unparsable ? calls : unread;
}

/** All that was paid for, by the team and for its judges. */
export function wholeUsage({ usage, judgeUsage }: Pick<EpisodeSummary, 'usage' | 'judgeUsage'>): Usage {
  return judgeUsage ? sumUsage([usage, judgeUsage]) : usage;
}

/** The sum of each part of the usage over those that report it; a part that nobody reports stays absent. */
export function sumUsage(usages: readonly Usage[]): Usage {
  const sums: { -readonly [part in keyof Usage]: Usage[part] } = {};
  for (const usage of usages) {
    for (const part of usageParts) {
      const value = usage[part];
      if (value !== undefined) sums[part] = (sums[part] ?? 0) + value;
    }
  }
  return sums;
}

/** The sum of each part that all of these report; of the others a sum would be too low. */
export function totalUsage(usages: readonly Usage[]): Usage {
  const all = usages.length === 0 ? {} : sumUsage(usages);
  return Object.fromEntries(
    Object.entries(all).filter(([part]) => usages.every((usage) => usage[part as keyof Usage] !== undefined)),
  );
}

const unfinished = (part: keyof Usage) => `unfinished ${part}`;

/** What episodes that never finished have used, as the names and amounts of a store's tallies. */
export function unfinishedTallies(usage: Usage): Record<string, number> {
  return Object.fromEntries(
    usageParts.flatMap((part) => (usage[part] === undefined ? [] : [[unfinished(part), usage[part]]])),
  );
}

/** The same, read back from a store's tallies. */
export function unfinishedUsage(tallies: Readonly<Record<string, number>>): Usage {
  return Object.fromEntries(
    usageParts.flatMap((part) => {
      const amount = tallies[unfinished(part)];
      return amount === undefined ? [] : [[part, amount]];
    }),
  );
}
