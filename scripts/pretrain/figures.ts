import { randomStream } from '../../src/core/index.ts';
import type { PocketEngine } from '../../src/models/parts/pocket/engine.ts';
import { composePrompt } from '../../src/prompt/index.ts';
import { bootstrapMeanInterval } from '../../src/stats/index.ts';
import { evaluateScores } from '../../src/tuning/pretraining/evaluation.ts';
import { heldOutDemonstrations, type Source } from './corpora.ts';
import type { Plan } from './plan.ts';

/** How well a model plays and predicts one task. */
export interface TaskFigures {
  readonly task: string;
  /** Mean score of episodes, all agents played by the model alone, actions drawn at temperature 1. */
  readonly score: number;
  /** 95% bootstrap interval of the mean over instances. */
  readonly interval: readonly [number, number];
  readonly instances: number;
  /** The score of each instance; every model plays the same ones. */
  readonly scores: readonly number[];
  /** Share of held-out demonstrations in which the model's likeliest action is the expert's. */
  readonly accuracy: number;
  /** Mean negative log-probability of the expert's action among the available ones, in nats. */
  readonly loss: number;
}

const batch = 192;

export async function taskFigures(
  engine: PocketEngine,
  source: Source,
  { namespace, instances, demonstrations }: Plan['figures'],
): Promise<TaskFigures> {
  const answer = (questions: Parameters<PocketEngine['answer']>[0]) => {
    const out: (readonly number[])[] = [];
    for (let at = 0; at < questions.length; at += batch) {
      for (const { distribution } of engine.answer(questions.slice(at, at + batch))) out.push(distribution);
    }
    return out;
  };
  const scores = await evaluateScores(
    source,
    composePrompt,
    async (questions) => answer(questions.map((question) => ({ ...question, temperature: 1 }))),
    namespace,
    instances,
  );
  const held = heldOutDemonstrations(source, demonstrations);
  const distributions = answer(
    held.map(({ prompt, actions }) => ({ prefix: source.task.rules, prompt, actions, temperature: 1 })),
  );
  let right = 0;
  let loss = 0;
  held.forEach(({ actions, answer: expected }, k) => {
    const p = distributions[k];
    const chosen = actions.indexOf(expected);
    if (p[chosen] === Math.max(...p)) right++;
    loss -= Math.log(p[chosen]) / held.length;
  });
  const stream = randomStream('pretraining figures', source.taskId);
  const { estimate, low, high } = bootstrapMeanInterval(scores, { stream });
  if (low === null || high === null) throw new RangeError('An interval needs at least two instances.');
  return {
    task: [source.taskId, ...Object.values(source.given).map(String)].join(' '),
    score: round(estimate),
    interval: [round(low), round(high)],
    instances,
    scores: scores.map(round),
    accuracy: round(right / held.length),
    loss: round(loss),
  };
}

function round(x: number): number {
  return Math.round(x * 1e4) / 1e4;
}
