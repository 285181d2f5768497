import type { MeasureFacts } from '../../../contracts/index.ts';
import { holdsWords, normalised } from '../plain-text.ts';
import type { Fact } from './record.ts';
import { functionWords, transitions } from './transitions.ts';

/** The parts of the reward; their sum is what the team is paid. */
export type WritingReward = {
  /** 0.5 where both texts have from 8 to 256 words; without it nothing else is paid. */
  readonly structure: number;
  /** Up to 1: the long text is from 1.6 to 3.2 times as long; from 1.1 and up to 5 it is paid in part, else the rest is 0. */
  readonly lengthRatio: number;
  /** Up to 0.5: the long text has twice as many different words; from 1.3 it is paid in part, else the rest is 0. */
  readonly uniqueWords: number;
  /** Up to 0.6: the texts share words, function words apart (Jaccard index 0.2 and more). */
  readonly consistency: number;
  /** Up to 0.38: kinds of transition words in the long text. */
  readonly transitionWords: number;
};

const words = { fewest: 8, most: 256 };
const length = { none: 1.1, from: 1.6, to: 3.2, end: 5 };
const unique = { none: 1.3, full: 2 };
const fullOverlap = 0.2;
/** Of the part for transitions: what the first kind is worth, and each further one. */
const firstKind = 0.4;
const furtherKind = 0.05;

const weight = { structure: 0.5, lengthRatio: 1, uniqueWords: 0.5, consistency: 0.6, transitionWords: 0.4 };

const kindsShare = (kinds: number) => (kinds === 0 ? 0 : firstKind + furtherKind * (kinds - 1));

/** The most that a pair of texts can earn. */
export const mostReward =
  weight.structure +
  weight.lengthRatio +
  weight.uniqueWords +
  weight.consistency +
  weight.transitionWords * kindsShare(Object.keys(transitions).length);

/**
 * What a short and a long text earn, in levels: what a level does not pay, the later ones cannot.
 *
 * After MAGRPO (Liu et al. 2025, arXiv 2508.04652) with the levels, weights and bounds of its reference
 * implementation's task of summaries. Deviates: transition words count as whole words, from lists of our own; the
 * overlap that is paid in full is 0.2 instead of 0.03, because here both texts are about the same facts.
 */
export function writingReward(short: string, long: string): WritingReward {
  const nothing = { structure: 0, lengthRatio: 0, uniqueWords: 0, consistency: 0, transitionWords: 0 };
  if (![short, long].every(fits)) return nothing;
  const structure = weight.structure;
  const lengthRatio = weight.lengthRatio * trapezium(long.trim().length / short.trim().length);
  if (lengthRatio === 0) return { ...nothing, structure };
  const [shortWords, longWords] = [short, long].map(differentWords);
  const ratio = shortWords.size === 0 ? 0 : longWords.size / shortWords.size;
  const uniqueWords = weight.uniqueWords * clamped((ratio - unique.none) / (unique.full - unique.none));
  if (uniqueWords === 0) return { ...nothing, structure, lengthRatio };
  return {
    structure,
    lengthRatio,
    uniqueWords,
    consistency: weight.consistency * clamped(overlap(shortWords, longWords) / fullOverlap),
    transitionWords: weight.transitionWords * kindsShare(transitionKinds(long)),
  };
}

export const writingMeasures: Readonly<Record<string, MeasureFacts>> = {
  structure: { says: 'both texts have a length that is asked for', rewarded: true },
  lengthRatio: { says: 'the long text is about twice as long', rewarded: true },
  uniqueWords: { says: 'the long text has about twice as many different words', rewarded: true },
  consistency: { says: 'both texts use the same words', rewarded: true },
  transitionWords: { says: 'kinds of transition words in the long text', rewarded: true },
  factsKeptShort: { says: 'share of the facts that the short text keeps', best: 'accuracy' },
  factsKeptLong: { says: 'share of the facts that the long text keeps' },
};

/** The share of the facts whose values stand in the text, as whole words. */
export function factsKept(text: string, facts: readonly Fact[]): number {
  const said = normalised(text);
  return facts.filter(({ value }) => holdsWords(said, normalised(value))).length / facts.length;
}

function fits(text: string): boolean {
  const count = text.match(/\S+/gu)?.length ?? 0;
  return count >= words.fewest && count <= words.most;
}

/** 1 within the bounds, falling to 0 outside. */
function trapezium(ratio: number): number {
  const rising = (ratio - length.none) / (length.from - length.none);
  const falling = (length.end - ratio) / (length.end - length.to);
  return clamped(Math.min(rising, falling));
}

function clamped(x: number): number {
  return Math.min(1, Math.max(0, x));
}

function differentWords(text: string): ReadonlySet<string> {
  return new Set(
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu),
  );
}

/** The Jaccard index of two texts' words, function words apart; 0 where neither has any. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [own, other] = [a, b].map((all) => new Set([...all].filter((word) => !functionWords.has(word))));
  const shared = [...own].filter((word) => other.has(word)).length;
  const together = own.size + other.size - shared;
  return together === 0 ? 0 : shared / together;
}

function transitionKinds(text: string): number {
  const said = normalised(text);
  return Object.values(transitions).filter((tied) => tied.some((word) => holdsWords(said, word))).length;
}
