import type { ChatCall, ChatMessage } from './chat-service.ts';
import { ServiceFault } from './fault.ts';

/** One thing in which services that speak the same protocol differ, and how a refusal tells. */
export interface Variation<Variant> {
  /** What to try instead; undefined where the refusal is about something else. */
  readonly instead: (fault: ServiceFault, variant: Variant) => Variant | undefined;
}

/** Speaks a protocol in the variant that a service takes: what it refuses is put otherwise, and that is kept. */
export interface Adapting<Variant> {
  readonly current: Variant;
  /** @throws the service's refusal when no variant helps */
  send<Answer>(attempt: (variant: Variant) => Promise<Answer>): Promise<Answer>;
}

/**
 * Refusals cost nothing, so the variant is found by being refused. What worked is kept for all further calls; it is
 * never given up for a failure that says nothing about the variant.
 */
export function adapting<Variant>(
  first: Variant,
  variations: readonly Variation<Variant>[],
): Adapting<Variant> {
  let current = first;
  return {
    get current() {
      return current;
    },
    send: async (attempt) => {
      const tried: Variant[] = [];
      let refusal: ServiceFault | undefined;
      for (let variant = current; ;) {
        try {
          const answer = await attempt(variant);
          current = variant;
          return answer;
        } catch (error) {
          if (!(error instanceof ServiceFault)) throw error;
          // Where nothing is found at another address either, the one that was given is the one to name.
          if (refusal && notThere(refusal) && notThere(error)) throw refusal;
          refusal ??= error;
          tried.push(variant);
          const next = variations
            .map(({ instead }) => instead(error, variant))
            .find((candidate) => candidate !== undefined && !tried.some((known) => same(known, candidate)));
          if (next === undefined) throw error;
          variant = next;
        }
      }
    },
  };
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Whether there is nothing at the address that was asked. */
export function notThere({ status, message }: ServiceFault): boolean {
  return status === 404 || status === 405 || (status === 200 && /unexpected endpoint/i.test(message));
}

/** Whether the rules go as a system message, or at the head of the first user message. */
export interface SystemRole {
  readonly systemRole: boolean;
}

/** How chat templates and services say that they know no system role. */
const systemRefused =
  /\bsystem\b[^.{}]{0,60}\b(?:role|message|prompt|instruction)|\b(?:role|message)s?\b[^{}]{0,80}\bsystem\b|roles must alternate|only user and assistant roles|role[^{}]{0,60}should be 'user'|developer instruction/i;

/** @param setting what the study says; undefined to find out */
export function systemRoleVariation<Variant extends SystemRole>(
  setting: boolean | undefined,
): Variation<Variant>[] {
  if (setting !== undefined) return [];
  const instead = (fault: ServiceFault, variant: Variant) => {
    const final = fault.kind === 'refused' || fault.kind === 'server-error';
    return final && variant.systemRole && systemRefused.test(fault.message)
      ? { ...variant, systemRole: false }
      : undefined;
  };
  return [{ instead }];
}

/** The messages as a service without a system role takes them. */
export function messagesFor({ messages }: ChatCall, { systemRole }: SystemRole): readonly ChatMessage[] {
  if (systemRole) return messages;
  const rules = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const others = messages.filter(({ role }) => role !== 'system');
  const [first, ...rest] = others;
  return [{ ...first, content: [...rules, first.content].join('\n\n') }, ...rest];
}
