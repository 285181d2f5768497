import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import {
  type AgentTrace,
  type JudgementTrace,
  type Note,
  type QuestionTrace,
  StoreError,
  type StepTrace,
  type Usage,
} from '../contracts/index.ts';

type Keys<T> = Readonly<Record<keyof T, true>>;
// Records, so that the compiler finds a key that the contract gained and this list has not.
const stepKeys: Keys<StepTrace> = { agents: true, reward: true, measures: true, judgements: true };
const agentKeys: Keys<AgentTrace> = {
  offer: true,
  prompt: true,
  by: true,
  answer: true,
  availableActions: true,
  distribution: true,
  mass: true,
  answered: true,
  confidence: true,
  advice: true,
  policy: true,
  action: true,
  broadcast: true,
  message: true,
  feedback: true,
  privileged: true,
  unparsable: true,
  unread: true,
  calls: true,
  usage: true,
  sent: true,
  questions: true,
};
const questionKeys: Keys<QuestionTrace> = {
  form: true,
  notes: true,
  sees: true,
  by: true,
  sample: true,
  prompt: true,
  answer: true,
  distribution: true,
  mass: true,
  answered: true,
  confidence: true,
  text: true,
  draft: true,
  unparsable: true,
  unread: true,
  calls: true,
  usage: true,
  sent: true,
};
const judgementKeys: Keys<JudgementTrace> = {
  judge: true,
  prefix: true,
  prompt: true,
  sample: true,
  answer: true,
  usage: true,
  sent: true,
};
type KeysOfAny<T> = T extends unknown ? keyof T : never;
const noteKeys: Readonly<Record<KeysOfAny<Note>, true>> = {
  by: true,
  kind: true,
  from: true,
  round: true,
  action: true,
  text: true,
  form: true,
  level: true,
  privileged: true,
  strength: true,
};
const usageKeys: Keys<Usage> = { inputTokens: true, outputTokens: true, costUsd: true };
const keyOrder = [
  ...new Set(
    [stepKeys, agentKeys, usageKeys, questionKeys, noteKeys, judgementKeys].flatMap((keys) =>
      Object.keys(keys),
    ),
  ),
];

/**
 * Steps as JSON whose keys stand in one fixed order, so that equal traces are equal text however they were put
 * together.
 *
 * @throws StoreError for a number that JSON cannot hold
 */
export function traceText(steps: readonly StepTrace[]): string {
  const measures = new Set<string>();
  for (const [time, step] of steps.entries()) {
    requireFinite(step.reward, 'reward', time);
    for (const [name, value] of Object.entries(step.measures ?? {})) {
      requireFinite(value, `measure ${name}`, time);
      measures.add(name);
    }
    for (const agent of step.agents) {
      requireAllFinite(agent.distribution, 'distribution', time);
      requireFinite(agent.mass ?? 0, 'mass', time);
      requireAllFinite(agent.advice, 'advice', time);
      requireAllFinite(agent.policy, 'policy', time);
      for (const { distribution, mass = 0 } of agent.questions ?? []) {
        requireAllFinite(distribution, 'distribution of a question', time);
        requireFinite(mass, 'mass of a question', time);
      }
    }
  }
  // The names of measures are the task's own.
  return JSON.stringify(steps, measures.size === 0 ? keyOrder : [...keyOrder, ...[...measures].sort()]);
}

// Level 1 is faster than deflate's level 1 on traces, and smaller; higher levels cost more than they save.
const compression = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

/** The trace's text, compressed (Brotli, RFC 7932). */
export function encodeTrace(steps: readonly StepTrace[]): Uint8Array {
  return brotliCompressSync(traceText(steps), compression);
}

export function decodeTrace(bytes: Uint8Array | ArrayBuffer): readonly StepTrace[] {
  return JSON.parse(brotliDecompressSync(bytes).toString()) as StepTrace[];
}

/** JSON that keeps the order of keys. @throws StoreError for a number that JSON cannot hold */
export function strictJson(value: unknown, what: string): string {
  return JSON.stringify(value, (key, inner: unknown) => {
    if (typeof inner === 'number' && !Number.isFinite(inner)) {
      throw new StoreError(
        `Cannot save ${what}: ${inner} at "${key}" has no JSON form. Find where it arises.`,
      );
    }
    return inner;
  });
}

function requireAllFinite(values: readonly number[] | undefined, what: string, time: number) {
  if (values) for (const value of values) requireFinite(value, what, time);
}

export function requireFinite(value: number, what: string, time?: number) {
  if (Number.isFinite(value)) return;
  const where = time === undefined ? '' : ` of step ${time}`;
  throw new StoreError(`Cannot save the ${what}${where}: ${value} is not finite. Find where it arises.`);
}
