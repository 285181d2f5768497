import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { cli, scratch } from './support/cli-process.ts';

it('an episode from a pipe: prompts, numbered actions, credits, and the score beside random play and experts', async () => {
  const folder = scratch();
  const { code, stdout } = await cli(
    ['tasks', 'play', 'coverage', '--seed', '3', '--option', 'horizon=2'],
    folder,
    '1\nSTAY\n',
  );
  expect(code).toBe(0);
  expect(stdout).toContain('Bob and Cal are played by expert.');
  expect(stdout.match(/You are Ann\. Step/g)).toHaveLength(2);
  expect(stdout).toMatch(/\n {2}1 {2}stay\n/);
  expect(stdout).toMatch(/Ann +stay +[+-]?\d\.\d{3}\n/);
  expect(stdout).toMatch(/random play +-\d\.\d{3} +0\.00\na team of experts .*\noracle .* 1\.00\n/);
});

it('asks again after an answer that names nothing, and stops at q or at the end of the input', async () => {
  const folder = scratch();
  const wrong = await cli(['tasks', 'play', 'coverage'], folder, '9\n\nnorthwest\nq\n');
  expect(wrong.code).toBe(0);
  expect(wrong.stdout.match(/is none of them\. Type a number from 1 to 5/g)).toHaveLength(3);
  expect(wrong.stdout).toContain('Stopped before step 1 of 12.');
  const ended = await cli(['tasks', 'play', 'coverage'], folder, '1\n');
  expect(ended).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Stopped before step 2') as string,
  });
  expect(await cli(['tasks', 'play', 'coverge'], folder)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean "coverage"?') as string,
  });
});

it('plays a task from the study file of the folder', async () => {
  const folder = scratch();
  const own = readFileSync(path.resolve(import.meta.dirname, '../examples/own-task.ts'), 'utf8');
  const task = own
    .slice(0, own.indexOf('const { scores }'))
    .replace("'agentmesh-stm'", JSON.stringify(path.resolve(import.meta.dirname, '../dist/api/index.js')))
    .replace(
      "from 'zod'",
      `from ${JSON.stringify(path.resolve(import.meta.dirname, '../node_modules/zod/index.js'))}`,
    );
  writeFileSync(
    path.join(folder, 'agentmesh.config.ts'),
    `${task}\nexport default { name: 'own', models: ['scripted'], strategies: ['none'], tasks: [allDifferent] };\n`,
  );
  const { code, stdout, stderr } = await cli(
    ['tasks', 'play', 'all-different', '--option', 'rounds=1'],
    folder,
    'say 2\n',
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('You are Ann. Bob and Cal are played by random.');
  expect(stdout).toMatch(/your team +[01]\.000/);
});
