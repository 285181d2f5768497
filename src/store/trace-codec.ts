import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import {
  type AgentTrace,
  type Heard,
  type JudgementTrace,
  type Note,
  type QuestionTrace,
  StoreError,
  type StepTrace,
  type Usage,
} from '../contracts/index.ts';

/** A key of the type, and how its value is written where that has keys of its own. */
type Keys<T> = Readonly<Record<T extends unknown ? keyof T : never, true | ((value: never) => unknown)>>;

/**
 * Writes an object's keys in the order of the list. As records, so that the compiler finds a key that the contract
 * gained and the list has not. (A list of all keys as the replacer of `JSON.stringify` takes twice as long.)
 */
function ordered<T extends object>(keys: Keys<T>) {
  const list = Object.entries<true | ((value: never) => unknown)>(keys);
  return (value: T): object => {
    const written: Record<string, unknown> = {};
    for (const [key, write] of list) {
      const inner = (value as Readonly<Record<string, unknown>>)[key];
      if (inner !== undefined) written[key] = write === true ? inner : write(inner as never);
    }
    return written;
  };
}
const each = <T>(write: (value: T) => object) => {
  return (values: readonly T[]) => values.map(write);
};

const usage = ordered<Usage>({ inputTokens: true, outputTokens: true, costUsd: true });
const note = ordered<Note>({
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
});
const question = ordered<QuestionTrace>({
  form: true,
  notes: each(note),
  sees: true,
  by: true,
  sample: true,
  supposed: true,
  availableActions: true,
  prompt: true,
  answer: true,
  distribution: true,
  mass: true,
  answered: true,
  confidence: true,
  text: true,
  draft: true,
  unparsable: true,
  cut: true,
  unread: true,
  calls: true,
  usage,
  sent: true,
});
const agent = ordered<AgentTrace>({
  offer: true,
  code: true,
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
  heard: ordered<Heard>({ round: true, from: true }),
  message: true,
  feedback: true,
  privileged: true,
  unparsable: true,
  cut: true,
  unread: true,
  calls: true,
  usage,
  sent: true,
  questions: each(question),
});
const judgement = ordered<JudgementTrace>({
  judge: true,
  prefix: true,
  prompt: true,
  sample: true,
  answer: true,
  usage,
  sent: true,
});
/** The names of measures are the task's own. */
const measures = (values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
const step = ordered<StepTrace>({
  agents: each(agent),
  reward: true,
  attempt: true,
  measures,
  judgements: each(judgement),
  shares: true,
  notJudged: true,
  short: true,
});

/**
 * Steps as JSON whose keys stand in one fixed order, so that equal traces are equal text however they were put
 * together.
 *
 * @throws StoreError for a number that JSON cannot hold
 */
export function traceText(steps: readonly StepTrace[]): string {
  for (const [time, { reward, measures = {}, shares, agents }] of steps.entries()) {
    requireFinite(reward, 'reward', time);
    for (const [name, value] of Object.entries(measures)) requireFinite(value, `measure ${name}`, time);
    requireAllFinite(shares, 'shares', time);
    for (const { distribution, mass = 0, advice, policy, questions = [] } of agents) {
      requireAllFinite(distribution, 'distribution', time);
      requireFinite(mass, 'mass', time);
      requireAllFinite(advice, 'advice', time);
      requireAllFinite(policy, 'policy', time);
      for (const { distribution, mass = 0 } of questions) {
        requireAllFinite(distribution, 'distribution of a question', time);
        requireFinite(mass, 'mass of a question', time);
      }
    }
  }
  return JSON.stringify(steps.map(step));
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
