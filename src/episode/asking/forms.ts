import type { ChoiceInWords, JsonObject, TextRequest } from '../../contracts/index.ts';
import {
  jsonInstruction,
  jsonSpeechInstruction,
  jsonTeamInstruction,
  repairRequest,
  teamRepairRequest,
  textInstruction,
  textSpeechInstruction,
  textTeamInstruction,
} from '../../prompt/index.ts';
import type { Decision, DecisionRequest } from './decision.ts';
import { parseAnswer, parseTeamAnswer } from './parse-answer.ts';

/** What a decision holds of the answer itself. */
export type ReadAnswer = Pick<Decision, 'action' | 'team' | 'confidence' | 'message'>;

interface Form {
  readonly plain: string;
  /** With free words beside the choice. */
  readonly speech: string;
  /** For all members of a team at once. */
  readonly team: (names: readonly string[]) => string;
  readonly schema?: (request: DecisionRequest) => JsonObject;
}

const forms: Readonly<Record<ChoiceInWords['form'], Form>> = {
  /** JSON that follows a schema in which every choice is one of the available actions. */
  structured: {
    plain: jsonInstruction,
    speech: jsonSpeechInstruction,
    team: jsonTeamInstruction,
    schema: ({ actions, speech, team = [{ name: 'action', actions }] }) => {
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
  },
  /** Plain words, for models that cannot be held to a schema. */
  text: { plain: textInstruction, speech: textSpeechInstruction, team: textTeamInstruction },
};

/** The question in words. */
export function inWords({ form, maxTokens }: ChoiceInWords, request: DecisionRequest): TextRequest {
  const { plain, speech, team, schema } = forms[form];
  const { prefix, prompt, temperature, seed, call } = request;
  const instruction = request.team
    ? team(request.team.map(({ name }) => name))
    : request.speech
      ? speech
      : plain;
  return {
    prefix: `${prefix}\n\n${instruction}`,
    prompt,
    maxTokens,
    temperature,
    seed,
    ...(schema && { schema: schema(request) }),
    ...(call !== undefined && { call }),
  };
}

/** What was answered and said, whatever the form; undefined when the answer names no available action. */
export function readWords(text: string, { actions, team, speech }: DecisionRequest): ReadAnswer | undefined {
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
}

function stated({ confidence }: { readonly confidence?: number }) {
  return confidence !== undefined && { confidence };
}

/** What is said after an answer that could not be read. */
export function repairWords({ actions, team }: DecisionRequest): string {
  return team ? teamRepairRequest(team) : repairRequest(actions);
}
