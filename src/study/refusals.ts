import {
  type AnswerForm,
  answerFormOf,
  type Model,
  scoresExactly,
  type Strategy,
} from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import type { AdviceForm } from '../episode/advice.ts';
import type { PreparedTask } from './prepared.ts';
import type { ResolvedStudy } from './resolve.ts';

/** A model as a study asks it. */
export interface AskedModel {
  readonly entry: ResolvedStudy['models'][number];
  readonly model: Model;
}

/** A limit in dollars says nothing about calls whose price nobody knows. */
export function refuseUnknownPrices(asked: readonly AskedModel[]) {
  const request = { prefix: '', prompt: '', maxTokens: 1, temperature: 1, seed: 0 };
  for (const { entry, model } of asked) {
    if (!model.service || model.service.worstCase(request).costUsd !== undefined) continue;
    throw new InputError(
      `The budget is in dollars, but the price of the model "${entry.label}" is unknown. Give it its option ` +
        '`prices: {input: ..., output: ...}` in dollars per million tokens (0 for a server of your own), or limit ' +
        'tokens: `budget: {tokens: ...}`.',
      entry.place,
    );
  }
}

/**
 * What equal budgets spend on asking again: exact probabilities are the same every time, and answers that are counted
 * for advice are counted otherwise than those that are voted on.
 */
export function refuseRepeating({ label, place }: AskedModel['entry'], model: Model, { kind }: AdviceForm) {
  if (scoresExactly(model))
    throw new InputError(
      `The study gives every run the same tokens, to be spent on asking again, but "${label}" answers with exact ` +
        'probabilities, which are the same every time. Remove `tokensPerRun`, or set `answer: structured` where the model has it.',
      place,
    );
  if (kind === 'samples')
    throw new InputError(
      '`tokensPerRun` asks again and takes the most frequent answer, and `advice: samples` asks again and weighs the ' +
        'answers by the advice. A decision cannot be both. Remove `tokensPerRun`, or say `advice: words`.',
      place,
    );
}

/** Words beside a choice and a strategy that talks: nobody could say which of the two a score is owed to. */
export function refuseTalkTwice(
  { label, place }: ResolvedStudy['strategies'][number],
  { asks = [] }: Strategy,
) {
  if (!asks.includes('text')) return;
  throw new InputError(
    `\`freeText: true\` lets agents talk beside their choices, and the strategy "${label}" lets them talk by itself. Remove ` +
      '`freeText`, or study the strategies that talk apart.',
    place,
  );
}

/**
 * Models that are asked in different ways differ in more than themselves: a stated confidence is no probability. All
 * strategies of a model are asked alike, because the way belongs to the model.
 */
export function refuseMixedAnswers(asked: readonly AskedModel[]) {
  const ways = asked.map(({ model }) => answerFormOf(model));
  const other = ways.findIndex((way) => way !== ways[0]);
  if (other < 0) return;
  throw new InputError(
    `The model "${asked[other].entry.label}" answers with ${wayWords[ways[other]]}, but "${asked[0].entry.label}" with ` +
      `${wayWords[ways[0]]}, so their scores would differ by the way of asking too. Give both the same option ` +
      '`answer` where they have it, study them apart, or allow it with `mixedAnswers: true`.',
    asked[other].entry.place,
  );
}

const wayWords: Readonly<Record<AnswerForm, string>> = {
  structured: 'JSON after a schema',
  text: 'plain text',
  probabilities: 'exact probabilities',
};

/** Whoever asks for texts needs models that write. */
export function refuseUnwritten(
  { entry, model }: AskedModel,
  strategyLabel: string,
  { asks = [] }: Strategy,
  taskLabel: string,
  { writes }: PreparedTask,
) {
  if (model.generate || !(writes || asks.includes('text'))) return;
  const who = writes
    ? `the task "${taskLabel}" asks its agents for texts`
    : `the strategy "${strategyLabel}" lets agents talk`;
  throw new InputError(
    `The model "${entry.label}" only chooses among actions, and ${who}. Leave one of them out, or ask a model that writes, ` +
      'as those of services do.',
    entry.place,
  );
}

/** Whoever compares texts by vectors needs a model that has some. */
export function refuseUnembedded(
  { entry, model }: AskedModel,
  strategyLabel: string,
  { asks = [] }: Strategy,
  embedding: readonly string[],
) {
  if (model.embed || !asks.includes('vectors')) return;
  throw new InputError(
    `The strategy "${strategyLabel}" compares texts by vectors of them, and the model "${entry.label}" has none. Models that ` +
      `have some: ${embedding.join(', ') || 'none of the catalogue'}. Ask one of these, or leave out \`similarity: embed\`.`,
    entry.place,
  );
}

/** A strategy whose networks are trained or measured in a simulator, in a task that has none. */
export function unsimulated(strategyLabel: string, taskId: string, serving: readonly string[]): InputError {
  return new InputError(
    `The strategy "${strategyLabel}" needs a simulator to train or measure its networks in, and the task "${taskId}" has ` +
      `none: its agents write text, or its outcomes cost something. Strategies that serve it: ${serving.join(', ')}.`,
  );
}

/** More episodes than there are different ones count some items twice, which a score does not show. */
export function refuseRepeats(
  { label, place }: ResolvedStudy['tasks'][number],
  { task }: PreparedTask,
  { episodes, repeat }: ResolvedStudy['settings'],
) {
  const items = task.items?.names.test.length;
  if (items === undefined || episodes <= items || repeat) return;
  throw new InputError(
    `A run has ${episodes} episodes, but the task "${label}" has ${items} different ones to play. Set \`episodes\` to at ` +
      `most ${items} and let more seeds play them, or say \`repeat: true\`.`,
    place,
  );
}
