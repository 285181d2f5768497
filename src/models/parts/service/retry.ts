import { ProviderError } from '../../../contracts/index.ts';
import { type Clock, randomStream } from '../../../core/index.ts';
import type { ChatCall, ChatReply, ChatService } from './chat-service.ts';
import { type FaultKind, ServiceFault } from './fault.ts';
import type { Throttle } from './throttle.ts';

export interface RetryOptions {
  /** Names the model in errors. */
  readonly name: string;
  readonly clock: Clock;
  readonly throttle: Throttle;
  /** Attempts before giving up. Being told to slow down is no failed attempt; `patienceMs` bounds that. */
  readonly attempts: number;
  /** The longest that one call may take with all its attempts and waits. */
  readonly patienceMs: number;
  readonly onFault?: (kind: FaultKind | AnswerFlaw) => void;
  /** Told of every wait that somebody who looks on would take for a standstill, and of what is waited for. */
  readonly onWait?: (ms: number, why: string) => void;
  /** Once aborted, nothing is waited for any more. */
  readonly stop?: AbortSignal;
}

/** Answers that are no faults, but not what they should be: kept back, or without a count of their tokens. */
export type AnswerFlaw = 'withheld' | 'uncounted';

const firstBackoffMs = 250;
const longestBackoffMs = 20_000;
/** From here on a wait is told. */
const longWaitMs = 10_000;

/**
 * The one place where a call is tried again: exponential backoff with jitter (the second half of the wait is
 * drawn evenly), never shorter than the service asks for, and a turn at the throttle for every attempt.
 *
 * Jitter comes from a stream of the call's seed; it changes when something is asked, never what.
 *
 * @throws ProviderError when it gives up, saying how often and why; the reason of `signal`, and that of `stop` where it
 *   would have to wait
 */
export async function sendPatiently(
  service: ChatService,
  call: ChatCall,
  seed: number,
  options: RetryOptions,
  signal?: AbortSignal,
): Promise<ChatReply> {
  const { name, clock, throttle, attempts, patienceMs, onFault, onWait, stop } = options;
  const estimate = estimateTokens(call);
  const faults = new Map<FaultKind, number>();
  const startedAt = clock.monotonicMs();
  let failures = 0;
  let jitter: ReturnType<typeof randomStream> | undefined;
  for (;;) {
    const turn = await throttle.start(estimate, signal);
    let fault: ServiceFault;
    try {
      const reply = await service.send(call, signal);
      const { inputTokens, outputTokens } = reply.usage;
      const counted = inputTokens !== undefined || outputTokens !== undefined;
      turn.succeeded(counted ? (inputTokens ?? 0) + (outputTokens ?? 0) : estimate);
      if (reply.withheld !== undefined) onFault?.('withheld');
      if (inputTokens === undefined || outputTokens === undefined) onFault?.('uncounted');
      return reply;
    } catch (error) {
      if (!(error instanceof ServiceFault)) {
        turn.failed();
        throw error;
      }
      turn.failed(error);
      fault = error;
    }
    onFault?.(fault.kind);
    if (fault.kind === 'refused') throw fault;
    faults.set(fault.kind, (faults.get(fault.kind) ?? 0) + 1);
    if (fault.kind !== 'rate-limited') failures++;
    jitter ??= randomStream('retry', name, seed);
    const count = [...faults.values()].reduce((sum, n) => sum + n, 0);
    const backoff = Math.min(firstBackoffMs * 2 ** (count - 1), longestBackoffMs);
    // What a service asks for never makes our own wait shorter: some ask for 0 and refuse again.
    const wait = Math.max(fault.retryAfterMs ?? 0, backoff * (0.5 + jitter.next() / 2));
    const elapsed = clock.monotonicMs() - startedAt;
    if (failures >= attempts || elapsed + wait > patienceMs) {
      const asked = failures < attempts && (fault.retryAfterMs ?? 0) > 0;
      const next = asked
        ? ` It asks to wait ${Math.ceil(wait / 1000)} s, longer than patience has left.`
        : '';
      const tally = [...faults].map(([kind, n]) => `${n} ${kind}`).join(', ');
      throw new ProviderError(
        `${name} gave no answer in ${count} attempts over ${(elapsed / 1000).toFixed(0)} s (${tally}). Last: ` +
          `${fault.message}${next} Check the service, or raise limits.attempts or limits.patienceMs.`,
        { cause: fault },
      );
    }
    stop?.throwIfAborted();
    if (wait >= longWaitMs) onWait?.(wait, fault.message);
    await clock.sleep(wait, stop && signal ? AbortSignal.any([signal, stop]) : (signal ?? stop));
  }
}

/** About four characters make a token of English; the whole answer may be used. */
function estimateTokens({ messages, maxOutputTokens }: ChatCall): number {
  return Math.ceil(messages.reduce((sum, m) => sum + m.content.length, 0) / 4) + maxOutputTokens;
}
