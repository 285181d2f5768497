import {
  type JudgementTrace,
  type Judgement,
  type JudgeRequest,
  ProviderError,
  type Task,
  type TaskContext,
  TaskError,
} from '../contracts/index.ts';
import { contentHash, randomStream } from '../core/index.ts';
import { withoutReasoning } from './asking/index.ts';
import { repetition } from './repeat.ts';
import { idleWatch } from './idle-watch.ts';
import type { DeciderSetting } from './setting.ts';
import type { IdleWatch } from './step.ts';
import { TruncatedError } from './truncated.ts';

/** Those that a task asks to judge, in one episode. */
export interface Bench {
  readonly context: TaskContext;
  /**
   * Takes a step in which the task may ask them.
   * @param time steps before it
   */
  during<T>(
    time: number,
    take: () => T | Promise<T>,
    signal?: AbortSignal,
  ): Promise<{ readonly outcome: T; readonly judgements: readonly JudgementTrace[] }>;
}

interface BenchSetting extends Pick<
  DeciderSetting,
  'judges' | 'streamName' | 'name' | 'clock' | 'idleTimeoutMs'
> {
  readonly task: Pick<Task, 'rules' | 'judges' | 'simulator'>;
}

/** One step, with what was asked in it. */
interface Sitting {
  readonly time: number;
  readonly signal: AbortSignal | undefined;
  readonly judgements: JudgementTrace[];
  /** Questions under way. */
  asked: number;
  /** Whatever is under way. */
  underWay: number;
  readonly watch: IdleWatch;
  /** Ends the step, whatever the task makes of it. */
  fail(error: unknown): void;
}

export function bench(setting: BenchSetting): Bench {
  const { task, judges } = setting;
  let sitting: Sitting | undefined;

  const put = async (judge: string, request: JudgeRequest, now: Sitting): Promise<Judgement> => {
    const place = now.judgements.length;
    const model = task.judges?.includes(judge) ? judges?.get(judge) : undefined;
    if (!model) throw new TaskError(unknownJudge(judge, setting));
    if (!model.generate) throw new ProviderError(`The judge "${judge}" only chooses; it was asked to write.`);
    refuseOddRequest(judge, request);
    const { prefix = task.rules, prompt, maxTokens, temperature = 1, schema, sample = 0 } = request;
    const asked = { prefix, prompt, maxTokens, temperature, ...(schema && { schema }) };
    const address = [...setting.streamName, now.time, judge, contentHash(asked)];
    const seed = randomStream('judge', ...address).integer(0, 2 ** 31 - 1);
    const call = setting.name && `${setting.name}, step ${now.time + 1}, the judge ${judge}`;
    const told = { judge, ...(prefix !== task.rules && { prefix }), prompt, ...(sample > 0 && { sample }) };
    // Its place is that of the question, whatever is answered first.
    now.judgements[place] = { ...told, answer: '', usage: {} };
    const reply = await model.generate(
      repetition({ ...asked, seed, ...(call !== undefined && { call }) }, sample),
      now.signal,
    );
    if (reply.truncated)
      throw new TruncatedError(`What the judge "${judge}" was asked did not fit its model.`);
    const { text: answer, usage, sent } = reply;
    now.judgements[place] = { ...told, answer, usage, ...(sent && { sent }) };
    return { text: withoutReasoning(answer), usage };
  };

  const ask: TaskContext['ask'] = async (judge, request) => {
    const now = sitting;
    if (!now)
      throw new TaskError(`The task asks the judge "${judge}" while no step is being taken. ${awaitAll}`);
    now.asked++;
    try {
      return await whileBusy(now, () => put(judge, request, now));
    } catch (error) {
      now.fail(error);
      throw error;
    } finally {
      now.asked--;
    }
  };

  const bounded: TaskContext['bounded'] = (work) => (sitting ? whileBusy(sitting, work) : work());

  return {
    context: { ask, bounded },
    during: async (time, take, signal) => {
      // A simulator answers at once.
      if (task.simulator) return { outcome: await take(), judgements: [] };
      const judgements: JudgementTrace[] = [];
      let watch: IdleWatch | undefined;
      try {
        const outcome = await new Promise<Awaited<ReturnType<typeof take>>>((resolve, reject) => {
          const late = (seconds: number) => new TaskError(lateText(time, seconds));
          watch = idleWatch({ ...setting, signal, fail: reject, late });
          sitting = { time, signal, judgements, asked: 0, underWay: 0, watch, fail: reject };
          watch.idle();
          Promise.resolve(take()).then(resolve, reject);
        });
        if (sitting!.asked > 0)
          throw new TaskError(
            `The task took step ${time + 1} while ${sitting!.asked} of its questions to judges were under way. ${awaitAll}`,
          );
        return { outcome, judgements };
      } finally {
        watch?.end();
        sitting = undefined;
      }
    },
  };
}

/** While anything is under way the step is not idle. */
async function whileBusy<T>(now: Sitting, work: () => Promise<T>): Promise<T> {
  if (now.underWay++ === 0) now.watch.busy();
  try {
    return await work();
  } finally {
    if (--now.underWay === 0) now.watch.idle();
  }
}

function lateText(time: number, seconds: number): string {
  return (
    `The task has not come to an end of step ${time + 1} for ${seconds} s, and asked no judge meanwhile. Let its \`step\` ` +
    'give an outcome, or give it more time with `idleTimeoutMs`.'
  );
}

const awaitAll = 'Await every answer in `step`.';

function unknownJudge(judge: string, { task, judges }: BenchSetting): string {
  const { judges: listed = [] } = task;
  if (listed.includes(judge))
    return `The task asks the judge "${judge}", which nobody provides. There are: ${[...(judges?.keys() ?? [])].join(', ') || 'none'}.`;
  return (
    `The task asks the judge "${judge}", but it lists ${listed.length === 0 ? 'none' : listed.join(', ')}. ` +
    'A task lists the judges that it asks: `judges: [...]`.'
  );
}

/** @throws TaskError for what cannot be asked */
function refuseOddRequest(
  judge: string,
  { prompt, maxTokens, temperature = 1, sample = 0 }: JudgeRequest,
): void {
  const wrong = (what: string) => new TaskError(`What the task asks the judge "${judge}" has ${what}.`);
  if (typeof prompt !== 'string' || prompt === '') throw wrong('no prompt');
  if (!(Number.isInteger(maxTokens) && maxTokens >= 1))
    throw wrong(`maxTokens ${maxTokens}; it is a whole number from 1`);
  if (!(temperature >= 0)) throw wrong(`temperature ${temperature}; it is 0 or more`);
  if (!(Number.isInteger(sample) && sample >= 0))
    throw wrong(`sample ${sample}; they are numbered 0, 1, 2 and so on`);
}
