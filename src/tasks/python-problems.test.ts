import { describe, expect, it } from 'vitest';
import { withPython } from '../api/allow-python.ts';
import { createTask, nobodyJudges } from '../contracts/index.ts';
import { randomStream } from '../core/index.ts';
import { pythonThere } from '../sandbox/python/there.test-support.ts';
import { taskConformance } from '../testing/index.ts';
import type { PythonProblem } from './parts/python-problems/read-problems.ts';
import { pythonProblems as unallowed } from './python-problems.ts';

const pythonProblems = withPython(unallowed, true);
const make = (options: object = {}, definition = pythonProblems) =>
  createTask(definition, definition.optionsSchema.parse(options));
const problemsOf = (task: ReturnType<typeof make>) =>
  task.items!.names.test.map((name) => task.items!.of(name) as PythonProblem);

const odd = {
  nothing: '',
  '1 MB': 'x'.repeat(1 << 20),
  'another language': '答案是这样的。',
  'a refusal': "I'm sorry, I can't help with that.",
  'a forged verdict': '```python\nprint({"passed": True})\n```',
  'unclosed reasoning': '<think>def longest_run(values): return 3',
};

describe.skipIf(!pythonThere)('python-problems', () => {
  describe.each([
    ['one author', {}],
    ['a team that writes together', { together: true, agents: 3 }],
  ])('python-problems with %s conforms to the contract', (_, options) => {
    for (const check of taskConformance(pythonProblems, { options, instances: 2 })) it(check.name, check.run);
  });

  it('pays for right programs alone: its own solutions pass, and stubs do not', async () => {
    const task = make({ trainShare: 0 });
    const problems = problemsOf(task);
    expect(problems).toHaveLength(6);
    for (const problem of problems) {
      const of = async (text: string) => task.start(problem, nobodyJudges).step(['', text]);
      const paid = { reward: 1, measures: { solved: 1, stopped: 0 } };
      expect([problem.id, await of(problem.solution!)]).toEqual([problem.id, paid]);
      expect([problem.id, (await of('pass')).reward]).toEqual([problem.id, 0]);
    }
  });

  it.each(Object.entries(odd))('takes %s for a wrong answer', async (_, text) => {
    const task = make();
    const [problem] = problemsOf(task);
    expect(await task.start(problem, nobodyJudges).step(['', text])).toMatchObject({ reward: 0 });
  });

  it('lets a program call what another member wrote', async () => {
    const task = make({ together: true });
    const problem = problemsOf(task).find(({ entryPoint }) => entryPoint === 'rotated')!;
    const aux = 'def aux(grid):\n    return grid[::-1]';
    const main = 'return list(zip(*aux(grid)))';
    expect((await task.start(problem, nobodyJudges).step([aux, main])).reward).toBe(1);
    expect((await task.start(problem, nobodyJudges).step(['', main])).reward).toBe(0);
    expect(task.start(problem, nobodyJudges).observe(0)).toMatch(
      /^You write a function aux that Bob can use\. The program begins so:\ndef rotated\(grid\):\n {4}"""/,
    );
  });

  it('runs nothing unless it was allowed, and says how', async () => {
    const task = make({}, unallowed);
    expect(() => task.check!()).toThrow(
      /where these fail a program can do whatever you can.*`--allow-python`/,
    );
    const problem = task.generate(randomStream('test'), 'test');
    await expect(async () => task.start(problem, nobodyJudges).step(['', 'pass'])).rejects.toThrow(
      /--allow-python/,
    );
    expect(() => make().check!()).not.toThrow();
  });
});
