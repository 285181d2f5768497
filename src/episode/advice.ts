import { type AdviceStrength, type Model, scoresExactly } from '../contracts/index.ts';
import { InputError, type Place } from '../core/index.ts';
import { fuse } from './fusion.ts';

/** How a strategy's advice reaches a model. */
export const adviceKinds = ['words', 'probabilities', 'samples'] as const;
export type AdviceKind = (typeof adviceKinds)[number];

export type AdviceForm =
  /** As one line of its prompt. */
  | { readonly kind: 'words' }
  /** Multiplied with its exact probabilities. */
  | { readonly kind: 'probabilities' }
  /** Multiplied with the shares of its actions among n answers to the same question. */
  | { readonly kind: 'samples'; readonly n: number };

/** Answers of one decision where a study asks for `advice: samples` and does not say how many. */
export const defaultSamples = 5;

/** A form as a study file writes it. */
export function adviceForm(written: AdviceKind | AdviceForm): AdviceForm {
  if (typeof written === 'object') return written;
  return written === 'samples' ? { kind: written, n: defaultSamples } : { kind: written };
}

/** Advice reaches a model as what it answers with: probabilities where it scores exactly, else words. */
export function defaultAdvice(model: Pick<Model, 'score'>): AdviceForm {
  return { kind: scoresExactly(model) ? 'probabilities' : 'words' };
}

/** A model by the name that a study gives it. */
interface NamedModel {
  readonly entry: { readonly label: string; readonly place: Place };
  readonly model: Pick<Model, 'score'>;
}

/**
 * How advice reaches this model.
 *
 * @param written undefined where the study does not say
 * @throws InputError when it cannot be advised so
 */
export function adviceFor(
  { entry, model }: NamedModel,
  written: AdviceKind | AdviceForm | undefined,
): AdviceForm {
  if (written === undefined) return defaultAdvice(model);
  const form = adviceForm(written);
  refuseUnfit(form, entry.label, model, entry.place);
  return form;
}

/** A model that is advised, and how. */
export interface AdvisedModel {
  readonly entry: NamedModel['entry'];
  readonly form: AdviceForm;
}

/** @throws InputError where these are advised in different ways and no factor asks for that: their gains differ in kind */
export function refuseSeveralForms([first, ...others]: readonly AdvisedModel[]): void {
  const other = others.find(({ form }) => form.kind !== first.form.kind);
  if (!other) return;
  const at = other.entry.label === first.entry.label ? ' at another level' : '';
  throw new InputError(
    `Advice would reach the model "${first.entry.label}" as ${first.form.kind}, but "${other.entry.label}"${at} as ` +
      `${other.form.kind}, and gains by different kinds of advice are never averaged. Say \`advice: words\`, which ` +
      'every model can read, or study them apart.',
    other.entry.place,
  );
}

/** @throws InputError when the model does not give what this form of advice needs, naming both */
export function refuseUnfit(
  { kind }: AdviceForm,
  label: string,
  model: Pick<Model, 'score'>,
  place?: Place,
): void {
  if (kind === 'probabilities' && !scoresExactly(model)) {
    throw new InputError(
      `\`advice: probabilities\` needs exact probabilities, and the model "${label}" answers with an action. Say ` +
        '`advice: words` or `advice: samples`, or give the model `answer: probabilities` where its service reports ' +
        'log-probabilities.',
      place,
    );
  }
  if (kind === 'samples' && scoresExactly(model)) {
    throw new InputError(
      `\`advice: samples\` counts how often a model answers what, and the model "${label}" gives exact probabilities, ` +
        'which are the same every time. Say `advice: probabilities` or `advice: words`.',
      place,
    );
  }
}

/**
 * Advice as it is said: the action that it makes most probable for somebody without preferences, and how far above
 * chance that probability q is. (q - 1/n) / (1 - 1/n) is 0 where nothing is preferred and 1 where nothing else is
 * left: 1 below a third, 3 from two thirds on. Of actions that are advised alike the first is named.
 *
 * @param advice log-weights in nats, one per available action
 * @returns undefined where no action is preferred
 */
export function spokenAdvice(
  advice: readonly number[] | undefined,
): { readonly pick: number; readonly strength: AdviceStrength } | undefined {
  if (!advice || advice.every((x) => x === advice[0])) return undefined;
  const chance = 1 / advice.length;
  const probabilities = fuse(
    advice.map(() => chance),
    advice,
  );
  const top = Math.max(...probabilities);
  const aboveChance = (top - chance) / (1 - chance);
  return {
    pick: probabilities.indexOf(top),
    strength: aboveChance < 1 / 3 ? 1 : aboveChance < 2 / 3 ? 2 : 3,
  };
}
