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

interface NamedModel {
  readonly entry: { readonly label: string; readonly place: Place };
  readonly model: Pick<Model, 'score'>;
}

/**
 * The one form in which advice reaches all of these models. Gains of different forms are different things, so no
 * study compares models across them.
 *
 * @param written undefined where the study does not say
 * @throws InputError when a model cannot be advised so, or when the models' defaults differ, with the remedy
 */
export function adviceFor(
  asked: readonly NamedModel[],
  written: AdviceKind | AdviceForm | undefined,
): AdviceForm {
  if (written !== undefined) {
    const form = adviceForm(written);
    for (const { entry, model } of asked) refuseUnfit(form, entry.label, model, entry.place);
    return form;
  }
  const forms = asked.map(({ model }) => defaultAdvice(model));
  const other = forms.findIndex(({ kind }) => kind !== forms[0].kind);
  if (other >= 0) {
    throw new InputError(
      `Advice would reach the model "${asked[0].entry.label}" as ${forms[0].kind}, but "${asked[other].entry.label}" as ` +
        `${forms[other].kind}, and gains by different kinds of advice are never averaged. Say \`advice: words\`, which ` +
        'every model can read, or study these models apart.',
      asked[other].entry.place,
    );
  }
  return forms[0];
}

/** @throws InputError always: levels of a factor would be advised in different ways without that being asked */
export function refuseSeveralForms(kinds: readonly string[]): never {
  throw new InputError(
    `At some levels of the study's factors advice would reach the models as ${kinds.join(', at others as ')}, and gains ` +
      'by different kinds of advice are never averaged. Say `advice: words`, which every model can read, or study the ' +
      'levels apart.',
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
