import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { cli, scratch } from './support/cli-process.ts';

/** A folder with the `agentmesh.config.ts` that the page about it shows. */
function folderAsDocumented(): string {
  const page = readFileSync(path.resolve(import.meta.dirname, '../docs/config.md'), 'utf8');
  const [, block] = /```ts\n([\s\S]*?)```/.exec(page)!;
  const library = JSON.stringify(path.resolve(import.meta.dirname, '../dist/api/index.js'));
  const folder = scratch();
  writeFileSync(path.join(folder, 'agentmesh.config.ts'), block.replace("'agentmesh-stm'", library));
  return folder;
}

it('lists own definitions last, says where they are from, and lets a YAML study name them', async () => {
  const folder = folderAsDocumented();
  const listed = await cli(['strategies'], folder);
  expect(listed).toMatchObject({ code: 0, stderr: '' });
  expect(listed.stdout).toMatch(
    /\nadvised-talkers .*\n\nYour own, from .*agentmesh\.config\.ts: advised-talkers\n$/,
  );
  const json = JSON.parse((await cli(['strategies', '--json'], folder)).stdout) as {
    id: string;
    own: boolean;
  }[];
  expect(json.filter(({ own }) => own).map(({ id }) => id)).toEqual(['advised-talkers']);

  writeFileSync(
    path.join(folder, 'study.yaml'),
    'name: own\nmodels: [scripted]\nstrategies: [advised-talkers]\ntasks: [coverage]\nseeds: 1\n',
  );
  const played = await cli(['run', 'study.yaml'], folder);
  expect(played.code).toBe(0);
  expect(played.stdout).toMatch(/scripted +advised-talkers/);
});

it('says that a file of definitions is no study, and what to run', async () => {
  const { code, stderr } = await cli(['run'], folderAsDocumented());
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /agentmesh\.config\.ts.*holds definitions and no study.*strategies: \[advised-talkers\]/,
  );
});

it('says what is wrong with a config, and where its shape is described', async () => {
  const folder = scratch();
  writeFileSync(path.join(folder, 'agentmesh.config.ts'), 'export default { tasks: {} };');
  expect(await cli(['tasks', 'show', 'coverage'], folder)).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/agentmesh\.config\.ts: `tasks` is no list\./) as string,
  });
  const { stdout } = await cli(['tasks', '--help'], folder);
  expect(stdout).toContain('export default { tasks: [myTask]');
  expect(stdout).toContain('docs/config.md');
});

it('does not serve a model that is not embedded', async () => {
  expect(await cli(['models', 'serve', 'scripted'], scratch())).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /"scripted" is not embedded, so it cannot be served\. These can: pocket-/,
    ) as string,
  });
});
