import { describe, expect, it } from 'vitest';
import { type MadeStudy, madeStudy } from '../../test/support/test-table.ts';
import { analyze } from './analyze.ts';
import { readCsvTable } from './csv-table.ts';
import { describeTable } from './description.ts';
import { lookSentence } from './look-sentence.ts';
import { type Followed, followLooks } from './looks.ts';
import { planAnalysis } from './plan.ts';
import type { RunTable } from './run-table.ts';

const request = {
  response: 'score',
  factors: ['strategy', 'task'],
  block: ['task', 'seed'],
  baselines: ['none'],
  status: 'status',
};
const looks = [10, 20, 40];

/** `clear` gains 0.4 on easy and nothing on hard, `nothing` never gains. */
const study: MadeStudy = {
  strategies: ['none', 'clear', 'nothing'],
  models: ['m'],
  tasks: ['easy', 'hard'],
  seeds: 40,
  noise: 0.15,
  mean: (strategy, _model, task) => 0.5 + (strategy === 'clear' && task === 'easy' ? 0.4 : 0),
};

function made(own: Partial<MadeStudy> = {}): {
  readonly table: RunTable;
  readonly plan: ReturnType<typeof planAnalysis>;
} {
  const table = readCsvTable(madeStudy({ ...study, ...own }), 'made.csv', request);
  const description = { ...describeTable(table, request), until: { looks, confidence: 0.95 } };
  return { table, plan: planAnalysis(description, { resamples: 99 }) };
}

/** The rows that a study which follows its looks has played by the look at so many seeds. */
function asPlayed({ table, plan }: ReturnType<typeof made>): RunTable {
  let status = table.status.map(() => 'not run');
  let before: Followed | undefined;
  for (;;) {
    const partly = {
      ...table,
      status,
      response: table.response.map((x, row) => (status[row] === 'done' ? x : null)),
    };
    before = followLooks(plan, partly, before);
    // Going on from the looks that are taken says what taking them all again does.
    const again = followLooks(plan, partly);
    expect(before.looks).toEqual(again.looks);
    expect(before.families).toEqual(again.families);
    const { next, plays } = before;
    if (next === undefined) return partly;
    status = status.map((own, row) => (Number(table.columns.seed[row]) < next && plays(row) ? 'done' : own));
  }
}

describe('a study that grows until it knows', () => {
  const whole = made();
  const played = asPlayed(whole);
  const { looks: taken, families, next, common } = followLooks(whole.plan, played);

  it('plays no more of what is settled, and ends when all is', () => {
    const count = (strategy: string, task: string) =>
      played.status.filter(
        (own, row) =>
          own === 'done' && played.columns.strategy[row] === strategy && played.columns.task[row] === task,
      ).length;
    expect(next).toBeUndefined();
    expect(taken.at(-1)?.open).toEqual([]);
    // A gain of 0.4 where paired differences scatter by 0.21 has t = 6 with ten seeds: p of 1e-4, shown at some early look.
    expect(count('clear', 'easy')).toBeLessThan(40);
    expect(count('none', 'easy')).toBe(Math.max(count('clear', 'easy'), count('nothing', 'easy')));
    expect(common).toBe(
      Math.min(...['easy', 'hard'].map((task) => Math.min(count('clear', task), count('nothing', task)))),
    );
  });

  it('says after each look what is known, what is left and how wide its widest interval is', () => {
    const first = taken[0];
    for (const { at, levels, of, halfWidth } of first.open) {
      expect(of).toBe(2);
      expect(levels.length).toBeGreaterThan(0);
      expect(first.known).not.toContainEqual(at);
      expect(halfWidth).toBeGreaterThan(0);
    }
    expect(first.open.length + first.known.length).toBe(2);
    expect(lookSentence(taken.at(-1)!)).toBe(`After ${taken.at(-1)!.seeds} seeds: everything is known.`);
    const open = [{ at: { task: 'hard' }, levels: ['clear', 'nothing'], of: 5, halfWidth: 0.123 }];
    expect(
      lookSentence({ seeds: 10, open, known: [{ task: 'easy' }] }, { next: 20, msLeft: [200_000] }),
    ).toBe(
      'After 10 seeds: easy: known; hard: 2 of 5 left (clear, nothing), ± 0.12, at most about 4 min. Next look: 20 seeds.',
    );
  });

  it('keeps each verdict as it was when its level was settled', () => {
    const [{ alpha, places }] = families;
    expect(alpha).toBeCloseTo(0.05, 12);
    const easy = places.find(({ at }) => at.task === 'easy')!;
    const clear = easy.verdicts.find(({ level }) => level === 'clear')!;
    expect(clear).toMatchObject({ shown: 'gain shown', settled: { how: 'shown' } });
    expect(clear.blocks).toBe(clear.settled!.seeds);
    for (const { verdicts } of places)
      for (const { settled, reason, shown } of verdicts)
        if (settled?.how === 'dropped')
          expect({ shown, reason }).toMatchObject({
            shown: 'not shown',
            reason: `dropped after ${settled.seeds} seeds: its gain is likely below 0.1`,
          });
  });

  it('says the same of a study that has played on, and of one that was asked again', () => {
    expect(followLooks(whole.plan, whole.table).families[0].places).toEqual(families[0].places);
    expect(followLooks(whole.plan, played).looks).toEqual(taken);
  });

  it('does not look before every run of the look has ended', () => {
    const open = played.status.findIndex((_, row) => played.columns.seed[row] === '9');
    const status = played.status.map((own, row) => (row === open ? 'not run' : own));
    const early = followLooks(whole.plan, { ...played, status });
    expect(early).toMatchObject({ looks: [], families: [], next: 10 });
    const { verdicts, notes } = analyze(whole.plan, { ...played, status });
    expect(verdicts).toEqual([]);
    expect(notes).toContain(
      'seeds are added in looks, and the first look is not complete: there are no verdicts yet',
    );
  });

  it('a failed run has ended, too', () => {
    const missing = (strategy: string, _m: string, task: string, seed: number) =>
      strategy === 'nothing' && task === 'hard' && seed === 3 ? 'provider-failure' : undefined;
    const failed = made({ missing });
    expect(followLooks(failed.plan, asPlayed(failed)).next).toBeUndefined();
  });

  it('compares everything but the verdicts on the seeds that all levels have', () => {
    const { data, notes } = analyze(whole.plan, played);
    expect(data).toMatchObject({ blocks: 2 * common, complete: true });
    expect(notes.some((note) => note.startsWith('seeds were added in looks, after 10'))).toBe(true);
  });
});
