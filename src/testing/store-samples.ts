import {
  type AgentTrace,
  type EpisodeRecord,
  type JudgementTrace,
  type PlannedRun,
  type RunOutcome,
  type StudyDefinition,
  type StudyRecord,
  summarizeEpisode,
} from '../contracts/index.ts';
import { randomStream, type RandomStream } from '../core/index.ts';

export const timing = { startedAt: '2001-02-03T04:05:06.789Z', wallMs: 12.5, slowestMs: 3.25 };

/** An episode with every field that a trace can have, drawn from the stream. */
export function randomEpisode(run: string, episode: number, stream: RandomStream): EpisodeRecord {
  const numbers = (n: number) => Array.from({ length: n }, () => stream.next() / 3);
  const agent = (k: number): AgentTrace => {
    if (k === 0) return { availableActions: [2], action: 2 };
    if (k === 4) return writer(stream);
    return {
      prompt: `You are Ann.\nLine ${stream.integer(0, 999)} "quoted" \\ \u0000 \ud83d\ude00 é, \ud800`,
      ...(k > 1 && { answer: 'I go north, since {"beacon": 1} is there.' }),
      availableActions: [0, 1, 3],
      ...(k === 3
        ? { unparsable: true as const }
        : { distribution: numbers(3), mass: k === 2 ? 0.004 : 0.7 }),
      advice: [-1.5e-300, 0, stream.normal()],
      ...(k > 1 && { policy: numbers(3) }),
      action: 3,
      broadcast: 1,
      feedback: stream.pick(['good', 'fair', 'poor'] as const),
      usage: k > 1 ? { inputTokens: stream.integer(1, 500), outputTokens: 1, costUsd: 1e-7 } : {},
    };
  };
  return {
    run,
    episode,
    ...(episode % 2 === 0 && { item: `problem \u0000 ${episode}` }),
    instance: { z: numbers(3), a: [null, true, 'text \u0000', 2 ** 53 - 1, 5e-324] },
    references: { high: 0.1 + 0.2, low: -1 / 3, lowStandardError: 0 },
    return: stream.normal(),
    ...scoreUnless(episode % 3 === 2, stream.next()),
    prefix: `The rules.\n${'Move. '.repeat(stream.integer(1, 3))}\u0000\ud800`,
    steps: Array.from({ length: 4 }, (_, step) => ({
      agents: [0, 1, 2, 3, 4].map(agent),
      reward: stream.normal(),
      measures: { coherence: stream.next(), 'tests passed': 3 },
      ...(step % 2 === 1 && { judgements: [judgement(step === 3)], shares: numbers(5) }),
      ...(step === 3 && episode % 3 === 2 && { notJudged: 2 }),
      ...(step === 0 && episode % 2 === 0 && { short: true as const }),
    })),
  };
}

/** What was not judged has no score. */
function scoreUnless(notJudged: boolean, score: number): Pick<EpisodeRecord, 'score'> {
  return notJudged ? {} : { score };
}

/** Somebody who writes, after two further questions. */
function writer(stream: RandomStream): AgentTrace {
  const words = `Ann, "quoted" \\ \u0000 ${stream.integer(0, 999)}`;
  return {
    offer: 'text',
    code: true,
    heard: { round: 1, from: [0, 'critic'] },
    prompt: 'You are Dan. Write your text now.',
    availableActions: [],
    action: words,
    usage: { inputTokens: 9, outputTokens: stream.integer(1, 9) },
    questions: [
      {
        form: 'text',
        notes: [
          { kind: 'words', from: 0, round: 1, text: words },
          { kind: 'plan', from: 1, action: 2 },
          { kind: 'feedback', level: 'good', privileged: true },
          { kind: 'advice', action: 0, strength: 3 },
          { kind: 'brief', text: 'Name one risk.' },
        ],
        sees: [0, 1],
        sample: 1,
        prompt: 'You are Dan. What do you say?',
        text: words,
        draft: true,
        usage: { inputTokens: 4 },
      },
      {
        form: 'choice',
        prompt: 'Which?',
        distribution: [stream.next()],
        mass: 1e-12,
        answered: 0,
        unparsable: true,
        calls: 2,
      },
    ],
  };
}

export const sample = (run: string, episode = 0) =>
  randomEpisode(run, episode, randomStream('store', run, episode));

export function doneOutcome(hash: string, episode: EpisodeRecord): RunOutcome {
  const {
    score,
    return: total,
    steps,
    decisions,
    unparsable,
    usage,
    judgeUsage,
    mass,
  } = summarizeEpisode(episode);
  const sums = {
    score,
    return: total,
    steps,
    decisions,
    unparsable,
    usage,
    ...(judgeUsage && { judgeUsage }),
    ...(mass && { mass }),
  };
  return { hash, status: 'done', ...sums, episodes: 1 };
}

export function failedOutcome(hash: string): RunOutcome {
  const counts = { episodes: 0, steps: 0, decisions: 3, unparsable: 1 };
  return {
    hash,
    status: 'provider-failure',
    ...counts,
    usage: {},
    error: 'no answer: \u0000 "500" \ud800 ü',
  };
}

export function plan(hash: string, seed: number): PlannedRun {
  return {
    hash,
    model: 'm',
    strategy: `s, "${hash}"`,
    task: 't',
    seed,
    factors: { temperature: 0.1, z: [1] },
  };
}

/** What a judge was asked and said. */
function judgement(again: boolean): JudgementTrace {
  return {
    judge: 'grader',
    ...(again && { prefix: 'You mark \u0000 essays.', sample: 1, sent: ['ab'] }),
    prompt: 'How good is "é \ud800"?',
    answer: '{"mark": 0.5}',
    usage: { inputTokens: 300, outputTokens: again ? 7 : 5, ...(again && { costUsd: 1e-6 }) },
  };
}

/** Of a study without anything in it. */
export const emptyDefinition: StudyDefinition = {
  seeds: [],
  episodes: 1,
  maxInteractions: 20,
  temperature: 1,
  adviceStrength: 'default',
  ablations: [],
  factors: [],
  budget: {},
  promptRevision: 1,
  models: [],
  strategies: [],
  tasks: [],
};

export const study: StudyRecord = {
  name: 'quick',
  definition: {
    ...emptyDefinition,
    models: [
      {
        label: 'text \u0000 \ud800',
        id: 'm',
        revision: 1,
        options: { zeta: [1, { deep: null }], alpha: -1.5e-300 },
        facts: {},
        fingerprint: {},
      },
    ],
  },
  runs: ['c', 'a', 'd', 'b'].map(plan),
};

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const item of items) out.push(item);
  return out;
}
