import { expect, it } from 'vitest';
import { syntheticAtlas } from '../../../test/atlas-input.ts';
import type { BestGain, Recommendation } from '../../analysis/index.ts';
import { answerText } from './advice.ts';

const input = await syntheticAtlas({ seeds: 2, models: 1, intactOnly: true });

function gain(baseline: string, estimate: number, low: number, high: number): BestGain {
  const folds = { folds: 2, confidence: 0.95, choices: {}, chosen: 'vdn', naive: estimate, p: null };
  return { ...folds, baseline, estimate, low, high };
}

function best(
  at: Recommendation['at'],
  recommended: string,
  evidence: Recommendation['evidence'],
  overNone: BestGain,
): Recommendation {
  return { at, recommended, evidence, levels: [], gains: [overNone], leftOut: [] };
}

it('says for everything and each task what to use, what it gains, and which gain is not shown', () => {
  const recommendations = [
    best({}, 'vdn', 'gain shown', gain('none', 0.2, 0.1, 0.3)),
    best({ task: 'coverage' }, 'none', 'a baseline is best', gain('none', 0, -0.1, 0.1)),
    best({ task: 'foraging' }, 'vdn', 'gain not shown', gain('none', 0.04, -0.02, 0.1)),
    best({ task: 'assembly' }, 'independent', 'a baseline is best', gain('none', 0.9, 0.4, 1.4)),
    best({ task: 'hidden-profile' }, 'independent', 'a baseline is best', gain('none', 0.1, -0.4, 0.6)),
  ];
  const results = { ...input.results!, recommendations, moderation: [] };
  expect(answerText({ ...input, results })).toEqual([
    'Over all tasks, with tiny-8b: vdn. Choosing by the highest mean gains +0.20 [+0.10, +0.30] over none on unseen seeds.',
    'coverage: No coordination (none) has the highest mean score of all.',
    'foraging: No coordination (none). No strategy’s gain is shown: choosing the one with the highest mean, at present vdn, changes the score by +0.04 [−0.02, +0.10] on unseen seeds.',
    'assembly: independent, itself a baseline, has the highest mean score of all. Choosing by the highest mean gains +0.90 [+0.40, +1.40] over none on unseen seeds.',
    'hidden-profile: independent, itself a baseline, has the highest mean score of all. Choosing by the highest mean gains +0.10 [−0.40, +0.60] over none on unseen seeds, which is not shown.',
  ]);
});

it('says why nothing can be said', () => {
  const nothing = { ...input, results: undefined, nothingToTest: 'There is one strategy.' };
  expect(answerText(nothing)).toEqual(['Which strategy to use cannot be said yet. There is one strategy.']);
});

it('shows what a hostile label hides', () => {
  const named = best({}, 'vdn\u001b[2K', 'gain shown', gain('none', 0.2, 0.1, 0.3));
  const results = { ...input.results!, recommendations: [named], moderation: [] };
  expect(answerText({ ...input, results })[0]).toContain('vdn⟨U+001B⟩[2K');
});
