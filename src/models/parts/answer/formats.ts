import type { AnswerForm, Decision, DecisionRequest, JsonObject } from '../../../contracts/index.ts';
import {
  jsonInstruction,
  jsonSpeechInstruction,
  jsonTeamInstruction,
  letteredChoices,
  letterInstruction,
  repairRequest,
  textInstruction,
  teamRepairRequest,
  textSpeechInstruction,
  textTeamInstruction,
} from '../../../prompt/index.ts';
import type { ChatCall, ChatReply } from '../service/chat-service.ts';
import { isBlankToken, letterLogWeights, tempered } from './letter-weights.ts';
import { parseAnswer, parseTeamAnswer } from './parse-answer.ts';
import { ServiceFault } from '../service/fault.ts';

/** A way of asking a chat model for an action, or for its probabilities of all of them. */
export interface AnswerFormat {
  /** The first request; settings that are not part of the format are added by the caller. */
  ask(request: DecisionRequest): Pick<ChatCall, 'messages' | 'schema' | 'topLogprobs'>;
  /** True when the distribution is read from log-probabilities, so that nothing is sampled. */
  readonly exact: boolean;
  /** The most tokens that an answer needs; as many as the model's options say when absent. */
  readonly outputTokens?: number;
  /** Whether it can be asked about a whole team at once. */
  readonly forTeams: boolean;
  /** Whether free words can stand beside the choice. */
  readonly speaks: boolean;
  /** What was answered and said, or undefined when the answer names no available action. */
  read(reply: ChatReply, request: DecisionRequest): ReadAnswer | undefined;
  /** What is said after such an answer. */
  repair(request: DecisionRequest): string;
}

/** What a decision holds of the answer itself. */
export type ReadAnswer = Pick<Decision, 'distribution' | 'action' | 'team' | 'confidence' | 'message'>;

function messages({ prefix, prompt }: DecisionRequest, instruction: string, choices = '') {
  return [
    { role: 'system', content: `${prefix}\n\n${instruction}` },
    { role: 'user', content: prompt + choices },
  ] as const;
}

function stated({ confidence }: { readonly confidence?: number }) {
  return confidence !== undefined && { confidence };
}

interface Instructions {
  readonly plain: string;
  readonly speech: string;
  readonly team: (names: readonly string[]) => string;
}

function instructionOf({ plain, speech, team }: Instructions, request: DecisionRequest): string {
  if (request.team) return team(request.team.map(({ name }) => name));
  return request.speech ? speech : plain;
}

function sampled(
  instructions: Instructions,
  schema?: (request: DecisionRequest) => JsonObject,
): AnswerFormat {
  return {
    exact: false,
    speaks: true,
    forTeams: true,
    ask: (request) => ({
      messages: messages(request, instructionOf(instructions, request)),
      ...(schema && { schema: schema(request) }),
    }),
    read: ({ text }, { actions, team, speech }) => {
      if (team) {
        const joint = parseTeamAnswer(text, team);
        return joint && { team: joint.actions, ...stated(joint) };
      }
      const parsed = parseAnswer(text, actions);
      if (!parsed) return undefined;
      return {
        action: parsed.action,
        ...stated(parsed),
        ...(speech && parsed.message !== undefined && { message: parsed.message }),
      };
    },
    repair: ({ actions, team }) => (team ? teamRepairRequest(team) : repairRequest(actions)),
  };
}

/** JSON that follows a schema whose `action` is one of the available actions. */
const structured = sampled(
  { plain: jsonInstruction, speech: jsonSpeechInstruction, team: jsonTeamInstruction },
  ({ actions, speech, team = [{ name: 'action', actions }] }) => {
    const choices = team.map((member) => [member.name, { type: 'string', enum: member.actions }] as const);
    return {
      type: 'object',
      properties: {
        ...(speech && { message: { type: 'string' } }),
        ...Object.fromEntries(choices),
        confidence: { type: 'number' },
      },
      required: [...(speech ? ['message'] : []), ...choices.map(([name]) => name), 'confidence'],
      additionalProperties: false,
    };
  },
);

/** Plain words, for services without structured output. */
const text = sampled({
  plain: textInstruction,
  speech: textSpeechInstruction,
  team: textTeamInstruction,
});

const alphabet = [...'ABCDEFGHIJKLMNOPQRST'];

/**
 * The model's own probabilities: choices get letters, and the distribution is that of the first token of the
 * answer over the letters. Temperature T is applied here, as p^(1/T), to the probabilities at temperature 1: so
 * nothing depends on what was sampled. Services report at most 20 candidates, so at most 20 actions; letters that
 * are not among the candidates have probability 0.
 */
const probabilities: AnswerFormat = {
  exact: true,
  // What comes after the first token is neither read nor paid for.
  outputTokens: 1,
  speaks: false,
  forTeams: false,
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
    // One answer of many may come without: it is asked for again, and then counts as one that cannot be read.
    if (!logprobs) return undefined;
    const first = logprobs.find((candidates) => candidates.some(({ token }) => !isBlankToken(token))) ?? [];
    const distribution = tempered(letterLogWeights(first, alphabet.slice(0, actions.length)), temperature);
    return distribution && { distribution };
  },
  repair: ({ actions }) => repairRequest(alphabet.slice(0, actions.length)),
};

export const answerFormats: Readonly<Record<AnswerForm, AnswerFormat>> = {
  structured,
  text,
  probabilities,
};
