import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { FullCard } from '../scripts/pretrain/card.ts';
import { sources } from '../scripts/pretrain/corpora.ts';
import { shippedPlan } from '../scripts/pretrain/plan.ts';
import { recipes } from '../scripts/pretrain/recipes.ts';
import { scratch } from './support/cli-process.ts';
import { trainTiny } from './support/tiny-pretraining.ts';

const root = path.resolve(import.meta.dirname, '..');
const run = (program: string, args: readonly string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', path.join(root, program), ...args], {
    cwd: root,
    encoding: 'utf8',
  });

it('gives the same bytes when a training was killed at a checkpoint and started again', async () => {
  const folder = scratch();
  const [undisturbed, killed] = ['undisturbed', 'killed'].map((name) => path.join(folder, name));
  await trainTiny(path.join(undisturbed, 'work'), undisturbed, () => undefined);

  const { signal, stderr } = run('test/support/tiny-pretraining.ts', [path.join(killed, 'work'), killed]);
  expect(signal, stderr).toBe('SIGKILL');
  expect(existsSync(path.join(killed, 'tiny'))).toBe(false);
  const said: string[] = [];
  await trainTiny(path.join(killed, 'work'), killed, (line) => said.push(line));
  // 60 updates with about 40 checkpoints: the third comes after 6.
  expect(said.join('\n')).toContain('60 updates, going on after 6');

  const read = (run: string) => readFileSync(path.join(run, 'tiny', 'weights.safetensors'));
  expect(read(killed).equals(read(undisturbed))).toBe(true);
  const card = (run: string) => {
    const { training, ...rest } = JSON.parse(
      readFileSync(path.join(run, 'tiny', 'model.json'), 'utf8'),
    ) as FullCard;
    const { cpuMinutes, ...settings } = training;
    expect(cpuMinutes).toBeGreaterThanOrEqual(0);
    return { ...rest, settings };
  };
  expect(card(killed)).toEqual(card(undisturbed));
  // The corpora stay for the next training; no checkpoint and no half-written file does.
  for (const each of [undisturbed, killed]) {
    const left = readdirSync(path.join(each, 'work')).map((file) => file.replace(/-[0-9a-f]{16}\./, '.'));
    expect([...new Set(left)].sort()).toEqual([
      'corpus-coverage.bin',
      'corpus-hidden-profile.bin',
      'vocabulary.json',
    ]);
  }
});

it('shows a model no demonstration twice', () => {
  for (const { decisions, tasks } of Object.values(recipes)) {
    const { sources: all, turns } = sources(shippedPlan('', '', 'held-out', tasks));
    all.forEach(({ taskId, variant, count }, k) => {
      const shown = (decisions * turns.filter((turn) => turn === k).length) / turns.length;
      expect(shown, `${taskId} ${variant}`).toBeGreaterThan(0);
      expect(shown, `${taskId} ${variant}`).toBeLessThan(count);
    });
  }
});

it('says how it is used, and refuses what it does not know without a stack trace', () => {
  const help = run('scripts/pretrain.ts', ['--help']);
  expect(help).toMatchObject({ status: 0, stderr: '' });
  expect(help.stdout).toContain('npm run pretrain -- --model pocket-32k');
  for (const [args, message] of [
    [['--modle', 'pocket-4k'], /--modle/],
    [['--model', 'pocket-5k'], /pocket-5k.*pocket-4k/s],
  ] as const) {
    const { status, stdout, stderr } = run('scripts/pretrain.ts', args);
    expect(status, args.join(' ')).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
  }
});
