import {
  type Action,
  type Answer,
  type AgentTrace,
  type Member,
  type Model,
  type Offer,
  ProviderError,
  type Question,
  type Usage,
} from '../contracts/index.ts';
import { messageText, longestWords, writtenText } from '../prompt/index.ts';
import { saysWhileChoosing } from './abilities.ts';
import { type Act, actOn, evenly, type Reading, readAnswers } from './acting.ts';
import { type AdviceForm, defaultAdvice } from './advice.ts';
import { withoutReasoning } from './asking/index.ts';
import { drawFrom } from './draw-from.ts';
import { fuse } from './fusion.ts';
import { choiceRequest, oddAdvice, offerOf, promptOf, refuseOddQuestion, textRequest } from './question.ts';
import { askFor, type Together, together } from './repeat.ts';
import { withinLimit } from './joint-action.ts';
import { modelOf, usualQuestions } from './setting.ts';
import { type Step, strategyError } from './step.ts';
import { TruncatedError } from './truncated.ts';

/** A question that was answered, with all that came of it. */
export interface Asked {
  readonly question: Question;
  readonly answer: Answer;
  /** Absent where nobody had to be asked. */
  readonly prompt?: string;
  /** What the trace keeps of the call. */
  readonly told?: Pick<AgentTrace, 'answer' | 'message' | 'usage' | 'calls' | 'sent' | 'cut'>;
  readonly reading?: Reading;
  readonly form?: AdviceForm;
}

/** A draw, and what it came of. */
export interface Drawn {
  readonly action: number;
  readonly act: Partial<Omit<Act, 'pick'>>;
  readonly asked?: Asked;
}

const nothing: Usage = {};

type Mutable<T> = { -readonly [key in keyof T]: T[key] };

/** What was said beside a choice, as its teammates read it. */
function heard(told: Together): Together {
  if (told.message === undefined) return told;
  const { message: raw, ...rest } = told;
  const message = messageText(raw);
  return message === undefined ? rest : { ...rest, message };
}

/** A member's handle in one step. It keeps what was asked and drawn, for the trace. */
export class SeatedMember implements Member {
  readonly name: string;
  readonly offer: Offer;
  readonly features: Float32Array;
  readonly lastAction?: Action;
  readonly asked: Asked[] = [];
  readonly drawn: Drawn[] = [];
  readonly #step: Step;
  readonly #agent: number;
  #count = 0;
  #underWay = 0;
  #since = 0;
  /** The time in which a question to it was under way, in ms. */
  busyMs = 0;

  constructor(step: Step, agent: number) {
    const { offer, features } = step.situations[agent];
    this.#step = step;
    this.#agent = agent;
    this.name = step.setting.task.agentNames[agent];
    this.offer = offer;
    this.features = features;
    this.lastAction = step.last?.[agent];
  }

  ask(question: Question): Promise<Answer> {
    return this.record(() => this.#ask(question));
  }

  reads(question: Question): number {
    refuseOddQuestion(this.#step, this.#agent, question);
    const form = this.#form(this.#modelFor(question));
    return this.#step.setting.task.rules.length + promptOf(this.#step, this.#agent, question, form).length;
  }

  draw(from?: Answer | readonly number[], advice?: readonly number[]): number {
    const step = this.#step;
    // Questions under way have left holes.
    const asked = from && this.asked.find((known?: Asked) => known?.answer === from);
    const offer = offerOf(step, this.#agent, asked?.question);
    if (offer.kind !== 'choice')
      throw strategyError(step, `${this.name} cannot draw, for it has no actions here.`);
    const { actions } = offer;
    const unsound = advice && oddAdvice(advice, actions.length);
    if (unsound !== undefined) throw strategyError(step, `${this.name} was to draw with ${unsound}`);
    if (actions.length === 1) return this.#keep({ action: actions[0], act: {}, ...(asked && { asked }) });
    if (asked?.reading && asked.form) {
      const number = step.number(this.#agent, asked.question.sample ?? 0);
      const given = advice ?? asked.question.advice;
      const { pick, ...act } = actOn(asked.reading, given, asked.form, actions.length, number);
      const { answered } = act;
      const kept = answered === undefined ? act : { ...act, answered: actions[answered] };
      return this.#keep({ action: actions[pick], act: kept, asked });
    }
    const number = step.number(this.#agent, 0);
    const own = from && ('length' in from ? from : from.distribution);
    const distribution = own ? this.#normal(own, actions.length) : evenly(actions.length);
    const policy = fuse(distribution, advice);
    const act = { distribution, ...(advice && { advice }), policy };
    return this.#keep({ action: actions[drawFrom(policy, number)], act });
  }

  /** Counts and watches one question, and keeps what came of it. */
  async record(ask: () => Asked | Promise<Asked>): Promise<Answer> {
    const step = this.#step;
    // Whoever goes on asking is left waiting: it has been ended already, or its step has.
    if (step.closed || this.#count >= (step.setting.questionsPerDecision ?? usualQuestions)) {
      step.fail(
        strategyError(
          step,
          `it has asked ${this.name} ${this.#count} questions in this step and would go on. ` +
            'Let it end, or raise `questionsPerDecision`.',
        ),
      );
      return new Promise(() => {});
    }
    const place = this.#count++;
    if (step.underWay++ === 0) step.watch.busy();
    if (this.#underWay++ === 0) this.#since = step.clock.monotonicMs();
    try {
      const asked = await ask();
      this.asked[place] = asked;
      return asked.answer;
    } catch (error) {
      step.fail(error);
      throw error;
    } finally {
      if (--this.#underWay === 0) this.busyMs += step.clock.monotonicMs() - this.#since;
      if (--step.underWay === 0) step.watch.idle();
    }
  }

  #keep(drawn: Drawn): number {
    this.drawn.push(drawn);
    return drawn.action;
  }

  #modelFor({ by = this.#agent }: Question): Model {
    return modelOf(this.#step.setting, by);
  }

  #form(model: Model): AdviceForm {
    return this.#step.setting.advice ?? defaultAdvice(model);
  }

  #ask(question: Question): Asked | Promise<Asked> {
    refuseOddQuestion(this.#step, this.#agent, question);
    if (!question.choose) return this.#askForText(question);
    const offer = offerOf(this.#step, this.#agent, question);
    const actions = offer.kind === 'choice' ? offer.actions : [];
    if (actions.length === 1) return { question, answer: { distribution: [1], usage: nothing } };
    return this.#askForChoice(question, actions);
  }

  async #askForChoice(question: Question, actions: readonly number[]): Promise<Asked> {
    const step = this.#step;
    const model = this.#modelFor(question);
    const form = this.#form(model);
    const prompt = promptOf(step, this.#agent, question, form);
    const { advice, tokens } = question;
    // Without advice several answers are worth one.
    const least = form.kind === 'samples' && advice?.some((x) => x !== 0) ? form.n : 1;
    const speech = question.write !== undefined && saysWhileChoosing(model);
    const words = actions.map((a) => step.setting.task.actions[a]);
    const decisions = await askFor(
      least,
      tokens,
      model,
      choiceRequest(step, this.#agent, question, { prompt, actions: words, speech }),
      step.signal,
    );
    if (decisions.some(({ truncated }) => truncated)) throw this.#truncated(question);
    const told = heard(together(decisions));
    const reading = readAnswers(decisions, form, actions.length);
    const { distribution, answered } = reading;
    const answer: Mutable<Answer> = { usage: told.usage };
    if (distribution) answer.distribution = distribution;
    if (answered !== undefined) answer.answered = actions[answered];
    if (told.message !== undefined) answer.text = told.message;
    return { question, prompt, told, reading, form, answer };
  }

  async #askForText(question: Question): Promise<Asked> {
    const step = this.#step;
    const model = this.#modelFor(question);
    const prompt = promptOf(step, this.#agent, question, { kind: 'probabilities' });
    if (!model.generate) {
      const whose =
        typeof question.by === 'string' ? `The judge "${question.by}"` : `The model of ${this.name}`;
      throw new ProviderError(`${whose} only chooses; it was asked to write.`);
    }
    const reply = await model.generate(textRequest(step, this.#agent, question, prompt), step.signal);
    if (reply.truncated) throw this.#truncated(question);
    const { usage, sent } = reply;
    const said = withoutReasoning(reply.text);
    const { as, maxTokens } = question.write!;
    const offer = offerOf(step, this.#agent, question);
    const form = offer.kind === 'text' ? offer.form : 'prose';
    const { text, cut } =
      as === 'action'
        ? withinLimit(writtenText(said, form), maxTokens)
        : { text: messageText(said, longestWords) };
    return {
      question,
      prompt,
      told: { answer: reply.text, usage, ...(sent && { sent }), ...(cut && { cut }) },
      answer: { ...(text !== undefined && { text }), usage },
    };
  }

  #truncated({ sees }: Question): TruncatedError {
    const what = sees ? `for ${this.name}, with what others see,` : `of ${this.name}`;
    return new TruncatedError(`The prompt ${what} did not fit the model.`);
  }

  #normal(own: readonly number[], count: number): readonly number[] {
    const total = own.reduce((sum, p) => sum + p, 0);
    if (own.length !== count || !own.every((p) => p >= 0) || !(total > 0) || !Number.isFinite(total))
      throw strategyError(
        this.#step,
        `${this.name} was to draw from [${own.join(', ')}], which are no probabilities of its ${count} actions.`,
      );
    return own.map((p) => p / total);
  }
}
