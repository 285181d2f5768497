import { expect, it } from 'vitest';
import { syntheticAtlas } from '../../../test/support/atlas-input.ts';
import type { PlaceVerdicts, Recommendation, Verdict, VerdictFamily } from '../../analysis/index.ts';
import { answerText } from './advice.ts';

const input = await syntheticAtlas({ seeds: 2, models: 1, intactOnly: true });

type Line = Pick<Verdict, 'level'> & Partial<Verdict>;

/** A place with the verdicts on some levels, and what follows from them. */
function said(
  at: Recommendation['at'],
  use: string,
  because: Recommendation['because'],
  lines: readonly Line[],
  best: { readonly guess: string; readonly probability: number | null } = { guess: use, probability: 0.9 },
) {
  const verdicts = lines.map((line): Verdict => ({
    estimate: 0,
    low: -0.2,
    high: 0.2,
    p: 1,
    adjustedP: 1,
    shown: 'not shown',
    asGood: false,
    equivalenceP: 1,
    signFlipP: 1,
    blocks: 10,
    plannedBlocks: 10,
    ...line,
  }));
  const place: PlaceVerdicts = {
    at,
    margin: 0.1,
    allAsGood: verdicts.every(({ asGood }) => asGood),
    verdicts,
  };
  const role: Recommendation['role'] = 'task' in at ? 'verdicts' : 'exploratory';
  const levels = [{ level: best.guess, mean: 0.5, probabilityBest: best.probability }];
  const recommendation: Recommendation = { at, use, because, role, levels, guess: best.guess, leftOut: [] };
  return { place, recommendation };
}

function answers(...all: ReturnType<typeof said>[]): string[] {
  const family = (role: VerdictFamily['role']): VerdictFamily => ({
    role,
    baseline: 'none',
    alpha: 0.05,
    places: all.filter(({ recommendation }) => recommendation.role === role).map(({ place }) => place),
  });
  const recommendations = all.map(({ recommendation }) => recommendation);
  const verdicts = [family('verdicts'), family('exploratory')];
  return answerText({ ...input, results: { ...input.results!, recommendations, verdicts, moderation: [] } });
}

it('says for everything and each task what to use and why, in the three sentences there are', () => {
  const gain: Line = { level: 'vdn', estimate: 0.2, low: 0.1, high: 0.3, shown: 'gain shown' };
  const harm: Line = { level: 'qmix', estimate: -0.3, low: -0.5, high: -0.1, shown: 'harm shown' };
  const answer = answers(
    said({}, 'vdn', 'gain shown', [gain]),
    said({ task: 'coverage' }, 'none', 'as good as', [
      { level: 'vdn', asGood: true },
      { level: 'qmix', asGood: true },
    ]),
    said({ task: 'foraging' }, 'none', 'no gain is shown', [{ level: 'vdn' }, harm], {
      guess: 'vdn',
      probability: 0.62,
    }),
    said({ task: 'assembly' }, 'vdn', 'as good as', [{ level: 'vdn', asGood: true }, { level: 'qmix' }]),
    said(
      { task: 'hidden-profile' },
      'none',
      'no gain is shown',
      [
        { level: 'vdn', shown: null, reason: '12% of the answers with vdn could not be read' },
        { level: 'qmix' },
      ],
      { guess: 'none', probability: null },
    ),
  );
  expect(answer).toEqual([
    'On average over all tasks, with tiny-8b (exploratory): vdn. Gain shown: +0.20 [+0.10, +0.30] over none.',
    'coverage: No coordination (none). Shown to be as good as none (within 0.1) are all 2 strategies; none is the cheapest.',
    'foraging: No gain is shown; keep No coordination (none). Best guess: vdn, best with probability 0.62. Harm shown: qmix −0.30 [−0.50, −0.10].',
    'assembly: vdn. Shown to be as good as none (within 0.1) is vdn; vdn is the cheapest.',
    'hidden-profile: No gain is shown; keep No coordination (none). Best guess: none itself (the highest mean). No verdict on vdn: 12% of the answers with vdn could not be read.',
    '10 seeds do not show rare disasters that none of them met. On scores that have some, the 5% of studies with a false gain or harm were measured as 18.4% with 10 seeds and 7.6% with 30; on most others they hold (docs/methods/statistics-calibration.md).',
  ]);
});

it('says why nothing can be said', () => {
  const nothing = { ...input, results: undefined, nothingToTest: 'There is one strategy.' };
  expect(answerText(nothing)).toEqual(['Which strategy to use cannot be said yet. There is one strategy.']);
});

it('shows what a hostile label hides', () => {
  const [answer] = answers(
    said({}, 'vdn\u001b[2K', 'gain shown', [{ level: 'vdn\u001b[2K', shown: 'gain shown' }]),
  );
  expect(answer).toContain('vdn⟨U+001B⟩[2K');
});
