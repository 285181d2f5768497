import type { AnswerForm, Decision, DecisionRequest, JsonObject } from '../../contracts/index.ts';
import {
  jsonInstruction,
  jsonSpeechInstruction,
  letteredChoices,
  letterInstruction,
  repairRequest,
  textInstruction,
  textSpeechInstruction,
} from '../../prompt/index.ts';
import type { ChatCall, ChatReply } from './chat-service.ts';
import { type ParsedAnswer, parseAnswer } from './parse-answer.ts';
import { ServiceFault } from './service-fault.ts';

/** A way of asking a chat model for a distribution over actions. */
export interface AnswerFormat {
  /** The first request; settings that are not part of the format are added by the caller. */
  ask(request: DecisionRequest): Pick<ChatCall, 'messages' | 'schema' | 'topLogprobs'>;
  /** True when the distribution is read from log-probabilities, so that nothing is sampled. */
  readonly exact: boolean;
  /** Whether free words can stand beside the choice. */
  readonly speaks: boolean;
  /** The distribution and what was said, or undefined when the answer names no available action. */
  read(reply: ChatReply, request: DecisionRequest): Pick<Decision, 'distribution' | 'message'> | undefined;
  /** What is said after such an answer. */
  repair(request: DecisionRequest): string;
}

/**
 * One sampled answer with a stated confidence c: the action gets c, the others share 1 - c evenly. c is kept
 * between 1/n (a chosen action is never less likely than the others) and 0.99 (a stated certainty is none, and
 * advice could not move it); an answer without a confidence counts as 0.99.
 */
function statedDistribution({ action, confidence = 1 }: ParsedAnswer, count: number): number[] {
  const p = Math.max(1 / count, Math.min(confidence, 0.99));
  return Array.from({ length: count }, (_, k) => (k === action ? p : (1 - p) / (count - 1)));
}

function messages({ prefix, prompt }: DecisionRequest, instruction: string, choices = '') {
  return [
    { role: 'system', content: `${prefix}\n\n${instruction}` },
    { role: 'user', content: prompt + choices },
  ] as const;
}

function sampled(
  instructions: { readonly plain: string; readonly speech: string },
  schema?: (request: DecisionRequest) => JsonObject,
): AnswerFormat {
  return {
    exact: false,
    speaks: true,
    ask: (request) => ({
      messages: messages(request, request.speech ? instructions.speech : instructions.plain),
      ...(schema && { schema: schema(request) }),
    }),
    read: ({ text }, { actions, speech }) => {
      const parsed = parseAnswer(text, actions);
      if (!parsed) return undefined;
      return {
        distribution: statedDistribution(parsed, actions.length),
        ...(speech && parsed.message !== undefined && { message: parsed.message }),
      };
    },
    repair: ({ actions }) => repairRequest(actions),
  };
}

/** JSON that follows a schema whose `action` is one of the available actions. */
const structured = sampled(
  { plain: jsonInstruction, speech: jsonSpeechInstruction },
  ({ actions, speech }) => ({
    type: 'object',
    properties: {
      ...(speech && { message: { type: 'string' } }),
      action: { type: 'string', enum: actions },
      confidence: { type: 'number' },
    },
    required: [...(speech ? ['message'] : []), 'action', 'confidence'],
    additionalProperties: false,
  }),
);

/** Plain words, for services without structured output. */
const text = sampled({ plain: textInstruction, speech: textSpeechInstruction });

const alphabet = [...'ABCDEFGHIJKLMNOPQRST'];

/**
 * The model's own probabilities: choices get letters, and the distribution is that of the first word of the
 * answer over the letters. Temperature T is applied here, as p^(1/T), to the probabilities at temperature 1: so
 * nothing depends on what was sampled. Services report at most 20 candidates, so at most 20 actions; letters that
 * are not among the candidates have probability 0.
 */
const probabilities: AnswerFormat = {
  exact: true,
  speaks: false,
  ask: (request) => {
    if (request.actions.length > alphabet.length) {
      throw new ServiceFault(
        'refused',
        `${request.actions.length} actions are available, but probabilities can be read for ${alphabet.length} at most. ` +
          'Set the model’s option `answer: structured`.',
      );
    }
    return {
      messages: messages(request, letterInstruction, letteredChoices(alphabet, request.actions)),
      topLogprobs: 20,
    };
  },
  read: ({ logprobs }, { actions, temperature }) => {
    if (!logprobs) {
      throw new ServiceFault(
        'refused',
        'The service returned no log-probabilities. Set the model’s option `answer: structured`.',
      );
    }
    const first = logprobs.find((candidates) => candidates[0]?.token.trim() !== '') ?? [];
    const weights = actions.map((_, k) =>
      first
        .filter(({ token }) => token.trim().toUpperCase() === alphabet[k])
        .reduce((sum, { logprob }) => sum + Math.exp(logprob), 0),
    );
    const largest = Math.max(...weights);
    if (!(largest > 0)) return undefined;
    const powers = weights.map((w) => (w / largest) ** (1 / temperature));
    const total = powers.reduce((sum, x) => sum + x, 0);
    return { distribution: powers.map((x) => x / total) };
  },
  repair: ({ actions }) => repairRequest(alphabet.slice(0, actions.length)),
};

export const answerFormats: Readonly<Record<AnswerForm, AnswerFormat>> = {
  structured,
  text,
  probabilities,
};
