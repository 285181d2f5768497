import {
  type AnswerForm,
  answerFormOf,
  askingOf,
  type JsonObject,
  type Model,
  type ScoreReply,
  type ServiceProbe,
  sumUsage,
  type TextReply,
  type Usage,
} from '../../contracts/index.ts';
import { askedAgain, firstCall } from './ask-model.ts';
import type { DecisionRequest } from './decision.ts';
import { readWords } from './forms.ts';

/** What was found before a study asks a model in earnest. */
export interface ModelProbe {
  /** What keeps the model from doing what the study says, each with its remedy; empty when all is well. */
  readonly problems: readonly string[];
  /**
   * Set where no answer could be read, asked again as a decision would be: what it answered, in short, and the remedy.
   * A study with such a model measures chance.
   */
  readonly unreadable?: string;
  /** What reached the service and what it can do; kept with the study. */
  readonly found: JsonObject;
  readonly usage: Usage;
}

/**
 * Puts one small question to a model of a service as the study will, and finds out what of it reaches the service and
 * whether the answer can be read.
 */
export async function probeModel(
  model: Model,
  request: DecisionRequest,
  signal?: AbortSignal,
): Promise<ModelProbe> {
  const { service } = model;
  if (!service) return { problems: [], found: {}, usage: {} };
  const first = firstCall(model, request);
  const probe = await service.probe(first, signal);
  const found = (answered: boolean) =>
    'answered' in probe.found ? { ...probe.found, answered } : probe.found;
  const { problems, reply, usage } = probe;
  if (!reply || reply.truncated) return { problems, found: found(false), usage };
  if (isRead(reply, request)) return { problems, found: found(true), usage };
  const unread = (words: string, all: readonly ServiceProbe[]): ModelProbe => ({
    problems: [...new Set(all.flatMap((one) => one.problems))],
    unreadable: `${service.name}: ${unreadable(words, model)}`,
    found: found(false),
    usage: sumUsage(all.map((one) => one.usage)),
  });
  if ('candidates' in first) return unread(wordsOf(reply), [probe]);

  const again = await service.probe(askedAgain(first, wordsOf(reply), request), signal);
  if (again.reply && !again.reply.truncated && !isRead(again.reply, request))
    return unread(wordsOf(again.reply), [probe, again]);
  return {
    problems: [...new Set([...problems, ...again.problems])],
    found: found(again.reply !== undefined && !again.reply.truncated),
    usage: sumUsage([usage, again.usage]),
  };
}

function isRead(reply: TextReply | ScoreReply, request: DecisionRequest): boolean {
  return 'text' in reply ? readWords(reply.text, request) !== undefined : reply.distribution !== undefined;
}

function wordsOf(reply: TextReply | ScoreReply): string {
  return 'text' in reply ? reply.text : (reply.answer?.split('\n[asked again]\n').at(-1) ?? '');
}

const otherForm: Readonly<Record<AnswerForm, string>> = {
  structured: '`answer: text`',
  text: '`answer: structured`',
  probabilities: '`answer: structured`',
};

function unreadable(text: string, model: Model): string {
  const form = answerFormOf(model);
  const other = `set ${otherForm[form]} for this model`;
  if (text.trim() === '' && form !== 'probabilities') {
    return (
      `It answered with nothing within ${askingOf(model).maxTokens} tokens. Models that reason first need more: raise ` +
      `\`maxOutputTokens\` for this model, or ${other}.`
    );
  }
  // What a model says is shown as a text, whatever it holds.
  const words = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  const shown = JSON.stringify(words.length > longestShown ? `${words.slice(0, longestShown)}...` : words);
  const more = form === 'probabilities' ? '' : ', raise `maxOutputTokens` if it was cut off';
  return `No answer could be read, asked twice. It said last: ${shown}. To help it: ${other}${more}, or use another model.`;
}

const longestShown = 160;
