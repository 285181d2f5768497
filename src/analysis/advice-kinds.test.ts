import { describe, expect, it } from 'vitest';
import type { JsonObject, RunOutcome, StudyDefinition, StudyRecord } from '../contracts/index.ts';
import { adviceWords, gainedOver, studyWithAdviceApart } from './advice-kinds.ts';
import { analyzeStudy } from './analyze-table.ts';
import { describeStudy } from './study-description.ts';
import { renderResults } from './render-text.ts';
import { emptyDefinition } from '../testing/store-samples.ts';

/** Two strategies; vdn gains 0.4 by samples and loses 0.4 in words, so an average over the two would be 0. */
function study(advice: JsonObject, kinds: readonly string[]): StudyRecord {
  const strategies = [
    { label: 'none', id: 'none', options: {}, without: [], baseline: true },
    { label: 'vdn', id: 'vdn', options: {}, without: [] },
  ];
  const factors = kinds.length > 0 ? [{ name: 'advice', target: 'study', levels: kinds }] : [];
  const definition = { ...emptyDefinition, strategies, factors, ...advice } as unknown as StudyDefinition;
  const runs = (kinds.length > 0 ? kinds : [undefined]).flatMap((kind) =>
    strategies.flatMap(({ label: strategy }) =>
      Array.from({ length: 12 }, (_, seed) => ({
        hash: `${kind} ${strategy} ${seed}`,
        ...{ model: 'm', task: 'coverage', strategy, seed },
        factors: kind === undefined ? {} : { advice: kind },
      })),
    ),
  );
  return { name: 's', definition, runs };
}

async function* outcomes({ runs }: StudyRecord) {
  for (const run of runs) {
    const gain = run.strategy === 'none' ? 0 : run.factors.advice === 'words' ? -0.4 : 0.4;
    const score = 0.5 + gain + 0.01 * ((run.seed * 7) % 5) * (run.strategy === 'none' ? 1 : 1.5);
    const counts = { episodes: 1, steps: 1, decisions: 1, unparsable: 0, usage: {} };
    const outcome: RunOutcome = { hash: run.hash, status: 'done', score, return: score, ...counts };
    yield await Promise.resolve({ run, outcome });
  }
}

describe('the kind of advice', () => {
  it('is named beside every gain', async () => {
    expect(adviceWords({ ...emptyDefinition, advice: { kind: 'words' } })).toBe('advice in words');
    expect(adviceWords({ ...emptyDefinition, advice: { kind: 'samples', n: 3 } })).toBe(
      'advice by 3 samples',
    );
    expect(adviceWords(emptyDefinition)).toBeUndefined();
    expect(gainedOver('none')).toBe('none');
    const words = study({ advice: { kind: 'probabilities' } }, []);
    const results = await analyzeStudy(words, outcomes(words), { resamples: 99 });
    expect(results.plan.advice).toBe('advice by probabilities');
    expect(renderResults(results)).toContain('gain over none (advice by probabilities)');
  });

  it('that is a factor makes levels of their own, and nothing is averaged over them', async () => {
    const both = study({}, ['words', 'samples']);
    const { factors, baselines, advice } = describeStudy(both);
    expect(advice).toBeUndefined();
    expect(factors).toEqual([
      {
        name: 'strategy',
        levels: [
          'none (advice in words)',
          'vdn (advice in words)',
          'none (advice by samples)',
          'vdn (advice by samples)',
        ],
      },
    ]);
    expect(baselines).toEqual(['none (advice in words)', 'none (advice by samples)']);
    const { verdicts } = await analyzeStudy(both, outcomes(both), { resamples: 99 });
    const [{ places }] = verdicts;
    expect(places).toHaveLength(1);
    const shown = Object.fromEntries(places[0].verdicts.map((line) => [line.level, line.shown]));
    expect(shown['vdn (advice in words)']).toBe('harm shown');
    expect(shown['vdn (advice by samples)']).toBe('gain shown');
  });

  it('leaves studies that do not vary it as they are', () => {
    const plain = study({ advice: { kind: 'words' } }, []);
    expect(studyWithAdviceApart(plain)).toBe(plain);
  });
});
