import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryStore, quote, run, type StudyInput } from '../src/api/index.ts';
import { serve } from './support/served.ts';
import { minimumDetectableContrast } from '../src/stats/index.ts';
import { cli, scratch } from './support/cli-process.ts';

const study: StudyInput = {
  name: 'quoted',
  models: ['scripted'],
  strategies: ['none', 'uninformative'],
  tasks: ['coverage', 'two-step-game'],
  seeds: 10,
};

describe('a quote', () => {
  it('is exact where every run costs the same', async () => {
    const service = await serve();
    const id = `openai-compatible:${service.origin}/v1#m`;
    const models = [{ id, label: 'served', prices: { input: 10, output: 100 } }];
    const store = memoryStore();
    const half = { ...study, models, seeds: 5 };
    const totals = new Set<number>();
    const onProgress = ({ total }: { total: number }) => totals.add(total);
    const quoted = await quote(half, { store, probe: false, onProgress });
    expect([...totals]).toEqual([8]);
    // Coverage: 12 steps of 3 agents; two-step game: 2 steps of 2. 110 tokens and 0.002 dollars a call.
    const calls = 2 * 5 * (36 + 4);
    expect(quoted.whole).toEqual({
      runs: 20,
      calls,
      tokens: calls * 110,
      usd: expect.closeTo(calls * 0.002, 9) as number,
    });
    expect(quoted.toDo).toMatchObject({ runs: 12, calls: 0.6 * calls });
    expect(quoted.pilot).toEqual({ seeds: [0, 1], runs: 8, failed: 0, errors: [] });
    expect(quoted.toDoMs).toBeGreaterThan(0);
    expect(service.requests).toHaveLength(0.4 * calls);

    // The pilot is a part of the study: running it pays for the rest only, and the quote was right.
    const { summary } = await run(half, { store, probe: false });
    expect(summary).toMatchObject({ ended: 'finished', completed: 20, played: 12 });
    expect(service.requests).toHaveLength(calls);
  });

  it('states the smallest difference that the whole study finds, from the spread of its pilot', async () => {
    const store = memoryStore();
    const { effect } = await quote(study, { store, pilotSeeds: 4, probe: false });
    const differences = new Map<string, number[]>();
    const scores = new Map<string, number>();
    for await (const { run: planned, outcome } of store.outcomes()) {
      const { task, seed, strategy } = planned;
      if (outcome?.score !== undefined) scores.set(`${task} ${seed} ${strategy}`, outcome.score);
    }
    for (const task of ['coverage', 'two-step-game']) {
      const own = [0, 1, 2, 3].map(
        (seed) =>
          (scores.get(`${task} ${seed} uninformative`) ?? 0) - (scores.get(`${task} ${seed} none`) ?? 0),
      );
      differences.set(task, own);
    }
    const squares = [...differences.values()].map((own) => {
      const mean = own.reduce((a, b) => a + b) / own.length;
      return own.reduce((sum, d) => sum + (d - mean) ** 2, 0);
    });
    const deviation = Math.sqrt((squares[0] + squares[1]) / 6);
    const detectable = minimumDetectableContrast({ blocksPerGroup: 10, groups: 2, deviation });
    expect(effect).toMatchObject({
      factor: 'strategy',
      baseline: 'none',
      comparisons: 1,
      seeds: 10,
      degreesOfFreedom: 6,
      power: 0.8,
    });
    expect(effect?.contrasts).toEqual([
      {
        level: 'uninformative',
        deviation: expect.closeTo(deviation, 12) as number,
        detectable: expect.closeTo(detectable, 12) as number,
      },
    ]);
  });

  it('says what it cannot know: one seed has no spread, failed cells have no costs, budgets may be too small', async () => {
    const failing = { id: 'scripted', label: 'failing', failureShare: 1 };
    const quoted = await quote(
      { ...study, models: ['scripted', failing], budget: { tokens: 50_000 } },
      { store: memoryStore(), pilotSeeds: 1 },
    );
    expect(quoted.effect).toBeUndefined();
    expect(quoted.pilot).toMatchObject({ runs: 8, failed: 4 });
    expect(quoted.pilot.errors[0]).toMatch(/failureShare 1/);
    expect(quoted.unknownCells).toHaveLength(4);
    expect(quoted.budget).toEqual({ tokens: 50_000, enough: false });
  });

  it('is printed for people and as JSON, and a second one plays nothing anew', async () => {
    const folder = scratch();
    const lines = [
      'name: quoted',
      'models: [scripted]',
      'strategies: [none, uninformative]',
      'tasks: [coverage]',
    ];
    writeFileSync(path.join(folder, 'study.yaml'), `${lines.join('\n')}\nseeds: 5\n`);
    const text = await cli(['run', '--quote'], folder);
    expect(text).toMatchObject({ code: 0 });
    expect(text.stdout).toMatch(/Quote for "quoted", from 4 runs with seeds 0, 1; they are kept\./);
    expect(text.stdout).toMatch(/the whole study +10 +360 +\d+k +price unknown/);
    expect(text.stdout).toMatch(/still to do +6 +216 /);
    expect(text.stdout).toMatch(
      /strategy "none" that 5 seeds find with 80% power .*: uninformative \d\.\d\d\./,
    );
    expect(text.stdout).toContain('To run it: agentmesh run study.yaml');
    const json = await cli(['run', '--quote', '--json'], folder);
    expect(JSON.parse(json.stdout)).toMatchObject({ whole: { runs: 10, calls: 360 }, toDo: { runs: 6 } });
    const wrong = await cli(['run', '--quote', '--pilot', 'x'], folder);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('whole number') as string });
  });
});
