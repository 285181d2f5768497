import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { hostilePrograms, stallingPrograms, type Verdict } from '../../test/support/hostile-programs.ts';
import { type CallOutcome, createSandbox } from './index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const honest = {
  source: 'function aux(x) { return x * 2; }\nfunction main(xs) { return xs.map(aux); }',
  calls: [{ name: 'main', args: [[1, 2, 3]] }],
};
const right: readonly CallOutcome[] = [{ kind: 'returned', json: '[2,4,6]' }];
const call = (source: string) => ({ source, calls: [{ name: 'main', args: [[3, 1, 2]] }] });
const verdictOf = (outcome: CallOutcome): Verdict | 'time' | 'fault' =>
  outcome.kind === 'stopped' ? outcome.limit : outcome.kind;

describe('the sandbox', () => {
  it('gives what each call came to', async () => {
    const source = 'let n = 0; function main(a, b) { n++; return n > 2 ? missing : [n, a, b]; }';
    const calls = [
      [1, 'x'],
      [[2], { y: null }],
      [3, 4],
    ].map((args) => ({ name: 'main', args }));
    expect(await sandbox.run({ source, calls })).toEqual([
      { kind: 'returned', json: '[1,1,"x"]' },
      { kind: 'returned', json: '[2,[2],{"y":null}]' },
      { kind: 'threw', message: "ReferenceError: 'missing' is not defined" },
    ]);
  });

  it('holds at least 100 hostile programs', () => {
    expect(hostilePrograms.length).toBeGreaterThanOrEqual(100);
  });

  it.each(hostilePrograms)('survives %s, and the next program is right', async (_, source, verdict) => {
    const [outcome] = await sandbox.run(call(source));
    expect(verdictOf(outcome)).toBe(verdict);
    expect(await sandbox.run(honest)).toEqual(right);
  });

  it('stops at the same place whatever ran before', async () => {
    const counting = call('let n = 0; function main() { try { for (;;) n++; } finally { n } } ');
    const memory = call('const a = []; function main() { for (;;) a.push("x".repeat(1000)); }');
    for (const program of [counting, memory, call('function main(xs) { return xs; }')]) {
      const first = await sandbox.run(program);
      await sandbox.run(call(hostilePrograms[5][1]));
      expect(await sandbox.run(program)).toEqual(first);
    }
  });

  it('keeps nothing from one program to the next', async () => {
    await sandbox.run(call('globalThis.left = 1; Array.prototype.map = () => "left"; function main() {}'));
    expect(await sandbox.run(honest)).toEqual(right);
    expect(await sandbox.run(call('function main() { return typeof left; }'))).toEqual([
      { kind: 'returned', json: '"undefined"' },
    ]);
  });

  it('holds nothing of the host, no clock and no chance', async () => {
    const names =
      'process require fetch setTimeout console Date performance WebAssembly Worker Intl std os'.split(' ');
    const source = `function main() { return [${names.map((name) => `typeof ${name}`).join()}, typeof Math.random]; }`;
    const [outcome] = await sandbox.run({ source, calls: [{ name: 'main', args: [] }] });
    expect(outcome).toEqual({
      kind: 'returned',
      json: JSON.stringify(Array(names.length + 1).fill('undefined')),
    });
  });

  it('ends what does not ask whether it may go on with its thread, and goes on with another', async () => {
    const impatient = createSandbox(1500);
    try {
      for (const [name, source] of stallingPrograms)
        expect([name, verdictOf((await impatient.run(call(source)))[0])]).toEqual([name, 'time']);
    } finally {
      await impatient.close();
    }
    expect(await sandbox.run(honest)).toEqual(right);
  });

  it('lets go of whoever waits when told to, and answers the others', async () => {
    const stop = new AbortController();
    const first = sandbox.run(call('while (true) {}'));
    const second = sandbox.run(honest, stop.signal);
    const third = sandbox.run(honest);
    stop.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    expect(verdictOf((await first)[0])).toBe('steps');
    expect(await third).toEqual(right);
  });

  it('keeps no process alive once it has answered', () => {
    const program = {
      source: 'function main(x) { return x + 1; }',
      calls: [{ name: 'main', args: [1] }],
    };
    const code = `
      import { sharedSandbox } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
      console.log(JSON.stringify(await sharedSandbox().run(${JSON.stringify(program)})));
    `;
    // It throws when the process has to be ended.
    const printed = execFileSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', code],
      {
        encoding: 'utf8',
        timeout: 60_000,
      },
    );
    expect(JSON.parse(printed)).toEqual([{ kind: 'returned', json: '2' }]);
  });
});
