import type { TrainingKey, TrainingNeed } from '../contracts/index.ts';
import { AgentMeshError, exitCodes } from '../core/index.ts';
import { isTrained, ownWeights } from '../strategies/parts/network/weight-files.ts';
import { instancesOf, type TrainingInstances } from '../training/index.ts';
import { keepTraining } from './keep-training.ts';

/** What a training of one of the four tasks takes at its own settings on an idle machine, in seconds of processor time. */
export const trainingSeconds = 10;

/** How far a study is with the networks that it trains before it starts. */
export interface FirstUseProgress {
  /** Networks to be trained in all, and how many of them are done. */
  readonly networks: number;
  readonly done: number;
  /** What is trained now, for people: strategy, task and training seed. */
  readonly name: string;
  /** Updates of it that are done, of so many. */
  readonly update: number;
  readonly updates: number;
  /** Processor time spent so far, in seconds. */
  readonly seconds: number;
}

export interface FirstUseOptions {
  readonly onProgress?: (progress: FirstUseProgress) => void;
  /** Told in sentences: before anything is trained how many networks and what they take, then what is remarkable. */
  readonly onNote?: (note: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Trains what a study needs and nobody has trained (`missingTrainings`), one after the other, and keeps it below the
 * folder that the program runs in, where the next study finds it. What was stopped goes on from its checkpoint, and
 * what another program has finished meanwhile is left as it is: two of them share the work where their orders differ.
 *
 * @throws TrainingInterruptedError when `signal` aborts
 */
export async function trainOnFirstUse(
  missing: readonly TrainingNeed[],
  { onProgress, onNote, signal }: FirstUseOptions = {},
): Promise<void> {
  const networks = missing.length;
  if (networks === 0) return;
  onNote?.(planSentence(networks));
  const shared = new Map<number, TrainingInstances>();
  let sharedTask: TrainingKey['task'] | undefined;
  const before = process.cpuUsage();
  /** Seconds that a training was last said to take. */
  let said = trainingSeconds;
  const secondsSince = (start: NodeJS.CpuUsage) => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };
  for (const [done, need] of missing.entries()) {
    if (signal?.aborted) throw new TrainingInterruptedError(done, networks);
    if (isTrained(need)) continue;
    const { key } = need;
    const start = process.cpuUsage();
    const name = nameOf(key);
    if (sharedTask !== key.task) shared.clear();
    sharedTask = key.task;
    const instances = shared.get(key.trainingSeed) ?? instancesOf(key.task, key.taskId, key.trainingSeed);
    shared.set(key.trainingSeed, instances);
    let first = 0;
    const training = keepTraining(key, ownWeights, {
      instances,
      signal,
      onNote: (note) => onNote?.(`${name}: ${note}`),
      onProgress: ({ update, updates }) => {
        first ||= update;
        const spent = secondsSince(start);
        const whole = (spent * updates) / (update - first + 1);
        if (update - first > updates / 10 && whole > 1.5 * said) {
          said = whole;
          onNote?.(
            `${name} takes about ${Math.round(whole)} s of processor time here, more than said; so all that is left takes ` +
              `about ${timeText(whole * (networks - done) - spent)}. Ctrl-C stops; the same command goes on from there.`,
          );
        }
        onProgress?.({ networks, done, name, update, updates, seconds: secondsSince(before) });
      },
    });
    await training.catch((error: unknown) => {
      throw signal?.aborted ? new TrainingInterruptedError(done, networks) : error;
    });
  }
}

/** The user stopped a study while it trained what it needs. */
export class TrainingInterruptedError extends AgentMeshError {
  override readonly exitCode = exitCodes.interrupted;
  constructor(done: number, networks: number) {
    super(
      `Interrupted after ${done} of ${networks} networks. Nothing is lost: the same command goes on from here and comes ` +
        'to the same weights.',
    );
  }
}

function planSentence(networks: number): string {
  const one = networks === 1;
  return (
    `${networks} ${one ? 'network has' : 'networks have'} to be trained before this study can start. On an idle machine ` +
    `the four tasks take about ${trainingSeconds} s of processor time each at their own settings, so ` +
    `${timeText(networks * trainingSeconds)} in all; larger tasks and busy machines take several times that, which is ` +
    `said once it is seen. They are kept in ${ownWeights}, Ctrl-C loses nothing, and --no-train declines.`
  );
}

function timeText(seconds: number): string {
  return seconds < 120 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

function nameOf({ strategy, without, taskId, trainingSeed }: TrainingKey): string {
  return `${[strategy.id, ...without].join('-')} on ${taskId}, training seed ${trainingSeed}`;
}
