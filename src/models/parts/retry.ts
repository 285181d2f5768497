import { ProviderError } from '../../contracts/index.ts';
import { type Clock, randomStream } from '../../core/index.ts';
import type { ChatCall, ChatReply, ChatService } from './chat-service.ts';
import { type FaultKind, ServiceFault } from './service-fault.ts';
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
  readonly onFault?: (kind: FaultKind) => void;
}

const firstBackoffMs = 250;
const longestBackoffMs = 20_000;

/**
 * The one place where a call is tried again: exponential backoff with jitter (the second half of the wait is
 * drawn evenly), waits that the service asks for, and a turn at the throttle for every attempt.
 *
 * Jitter comes from a stream of the call's seed; it changes when something is asked, never what.
 *
 * @throws ProviderError when it gives up, saying how often and why
 */
export async function sendPatiently(
  service: ChatService,
  call: ChatCall,
  seed: number,
  options: RetryOptions,
  signal?: AbortSignal,
): Promise<ChatReply> {
  const { name, clock, throttle, attempts, patienceMs, onFault } = options;
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
    const wait = fault.retryAfterMs ?? backoff * (0.5 + jitter.next() / 2);
    const elapsed = clock.monotonicMs() - startedAt;
    if (failures >= attempts || elapsed + wait > patienceMs) {
      const tally = [...faults].map(([kind, n]) => `${n} ${kind}`).join(', ');
      throw new ProviderError(
        `${name} gave no answer in ${count} attempts over ${(elapsed / 1000).toFixed(0)} s (${tally}). Last: ` +
          `${fault.message} Check the service, or raise limits.attempts or limits.patienceMs.`,
        { cause: fault },
      );
    }
    await clock.sleep(wait, signal);
  }
}

/** About four characters make a token of English; the whole answer may be used. */
function estimateTokens({ messages, maxOutputTokens }: ChatCall): number {
  return Math.ceil(messages.reduce((sum, m) => sum + m.content.length, 0) / 4) + maxOutputTokens;
}
