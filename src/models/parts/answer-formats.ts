import type { AnswerForm, Decision, DecisionRequest, JsonObject, TeamMember } from '../../contracts/index.ts';
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
} from '../../prompt/index.ts';
import type { ChatCall, ChatReply } from './chat-service.ts';
import { isBlankToken, letterLogWeights, tempered } from './letter-weights.ts';
import { type ParsedAnswer, parseAnswer, parseTeamAnswer } from './parse-answer.ts';
import { ServiceFault } from './service-fault.ts';

/** A way of asking a chat model for a distribution over actions. */
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
  /** The distribution and what was said, or undefined when the answer names no available action. */
  read(reply: ChatReply, request: DecisionRequest): Pick<Decision, 'distribution' | 'team' | 'message'> | undefined;
  /** What is said after such an answer. */
  repair(request: DecisionRequest): string;
}

/**
 * One sampled answer with a stated confidence c: the action gets c, the others share 1 - c evenly. c is kept
 * between 1/n (a chosen action is never less likely than the others) and 0.99 (a stated certainty is none, and
 * advice could not move it); an answer without a confidence counts as 0.99.
 */
function statedDistribution({ action, confidence = 1 }: ParsedAnswer, count: number): number[] {
  return spread(action, Math.min(confidence, mostCertain), count);
}

const mostCertain = 0.99;

function spread(action: number, share: number, count: number): number[] {
  const p = Math.max(1 / count, share);
  return Array.from({ length: count }, (_, k) => (k === action ? p : (1 - p) / (count - 1)));
}

function messages({ prefix, prompt }: DecisionRequest, instruction: string, choices = '') {
  return [
    { role: 'system', content: `${prefix}\n\n${instruction}` },
    { role: 'user', content: prompt + choices },
  ] as const;
}

/**
 * The same for a team: k members of whom every one has a choice get c^(1/k) each, so that c is the probability of
 * their joint action.
 */
function statedTeam(
  { actions, confidence = 1 }: { readonly actions: readonly number[]; readonly confidence?: number },
  team: readonly TeamMember[],
): number[][] {
  const each = Math.min(confidence, mostCertain) ** (1 / team.length);
  return team.map((member, k) => spread(actions[k], each, member.actions.length));
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
        return joint && { team: statedTeam(joint, team) };
      }
      const parsed = parseAnswer(text, actions);
      if (!parsed) return undefined;
      return {
        distribution: statedDistribution(parsed, actions.length),
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
    if (!logprobs) {
      throw new ServiceFault(
        'refused',
        'The service returned no log-probabilities. Set the model’s option `answer: structured`.',
      );
    }
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
