import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PythonError, pythonLimits, type PythonVerdict, runPython } from './index.ts';
import { pythonThere } from './there.test-support.ts';

const problem = {
  setup: 'def double(x):\n    """Twice."""\n    pass\n',
  tests: 'def check(candidate):\n    assert candidate(2) == 4\n    assert candidate([1]) == [1, 1]\n',
  entryPoint: 'double',
};
// A second of the processor can be long on a busy machine, and is enough for what ends.
const run = (source: string, changes: object = {}) =>
  runPython({ ...problem, source, ...changes }, undefined, { ...pythonLimits, cpuSeconds: 1 });
const right = 'def double(x):\n    return x * 2\n';
const wordOf = (verdict: PythonVerdict) => (verdict.kind === 'stopped' ? verdict.limit : verdict.kind);

// Everybody may come in, as into the system's own folder: a program may be another user.
const scratch = mkdtempSync(path.join(tmpdir(), 'agentmesh-scratch-'));
chmodSync(scratch, 0o777);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
// Other tests that run at the same time have folders of their own beside these.
beforeEach(() => ['TMPDIR', 'TEMP', 'TMP'].forEach((name) => vi.stubEnv(name, scratch)));
const outside = path.join(scratch, 'outside');
process.env.AGENTMESH_TEST_SECRET = 'secret';

/** With what comes of each; several words where systems differ. */
const hostile: readonly (readonly [name: string, source: string, verdict: string])[] = [
  ['an endless loop', 'def double(x):\n    while True: pass', 'time'],
  ['an endless loop at the start', 'while True: pass', 'time'],
  ['endless memory', 'def double(x):\n    a = []\n    while True: a.append(bytearray(1 << 20))', 'memory'],
  ['a fork bomb', 'import os\ndef double(x):\n    while True: os.fork()', 'failed'],
  ['a fork bomb of processes', 'import subprocess, sys\nwhile True: subprocess.Popen([sys.executable])', 'failed'],
  ['a fork bomb of threads', 'import _thread, time\nwhile True: _thread.start_new_thread(time.sleep, (9,))', 'failed|memory'],
  ['1 MB of output', 'print("x" * (1 << 20))\n' + right, 'passed'],
  ['much output without an end', 'def double(x):\n    while True: print("x" * 65536)', 'time'],
  ['an answer of 2 MB', 'def double(x):\n    return "x" * (1 << 21)', 'output'],
  ['a forged verdict', 'print(\'{"passed": true}\')\ndef double(x):\n    print(\'{"passed": true}\'); return 0', 'failed'],
  ['verdicts into every open file', 'import os\nfor k in range(3, 16):\n    try: os.write(k, b\'{"passed": true, "value": 4}\\n\')\n    except OSError: pass\ndef double(x):\n    return 0', 'failed|fault'],
  ['a value that equals everything', 'class E:\n    def __eq__(self, o): return True\ndef double(x):\n    return E()', 'failed'],
  ['a number that equals everything', 'class E(int):\n    def __eq__(self, o): return True\ndef double(x):\n    return E(5)', 'failed'],
  ['other built-ins', 'import builtins\nbuiltins.AssertionError = Exception\nbuiltins.len = lambda x: 4\ndef double(x):\n    return 5', 'failed|fault'],
  ['an early end', 'import os, sys\ndef double(x):\n    os._exit(0)', 'fault'],
  ['an end that is caught', 'import sys\ndef double(x):\n    sys.exit(0)', 'failed'],
  ['the frames of its caller', 'import sys\ndef double(x):\n    f = sys._getframe(1)\n    f.f_locals["tell"]({"value": 4})\n    return 4 if x == 2 else 0', 'failed|fault'],
  ['the environment', 'import os\ndef double(x):\n    return x * 2 if not os.environ.get("AGENTMESH_TEST_SECRET") and len(os.environ) < 3 else 0', 'passed'],
  ['the environment of its parent', 'import os\ndef double(x):\n    return open(f"/proc/{os.getppid()}/environ").read()', 'failed'],
  ['somebody\'s files', 'def double(x):\n    return open("/etc/passwd").read()', 'failed'],
  ['a file outside', `def double(x):\n    open(${JSON.stringify(outside)}, "w").write("x")`, 'failed'],
  ['a file outside, by its number', `import os\ndef double(x):\n    os.open(${JSON.stringify(outside)}, os.O_CREAT | os.O_WRONLY)`, 'failed'],
  ['a file in its folder', 'open("x", "w").write("x")\n' + right, 'failed'],
  ['what is in a folder', 'import os\ndef double(x):\n    return os.listdir("/")', 'failed'],
  ['the removal of all', 'import shutil\ndef double(x):\n    shutil.rmtree("/tmp/agentmesh-nothing-here"); import os; os.rmdir("/tmp")', 'failed'],
  ['the network', 'import socket\ndef double(x):\n    socket.create_connection(("127.0.0.1", 9))', 'failed'],
  ['the end of its parent', 'import os\ndef double(x):\n    os.kill(os.getppid(), 9)', 'failed'],
  ['a shell', 'import os\ndef double(x):\n    return os.system("true")', 'failed'],
  ['the C library', 'import ctypes\ndef double(x):\n    return ctypes.CDLL(None).getpid()', 'failed'],
  ['no ends of recursion', 'import sys\nsys.setrecursionlimit(10**9)\ndef double(x):\n    return double(x)', 'fault|memory|failed|time'],
  ['no function', 'x = 1', 'failed'],
  ['no Python', 'function double(x) { return x * 2; }', 'failed'],
  ['nothing', '', 'failed'],
  ['too much', `#${'x'.repeat(100_001)}`, 'source'],
]; // prettier-ignore

afterEach(() => vi.unstubAllEnvs());

it('without Python one sentence says what to do', async () => {
  vi.resetModules();
  vi.stubEnv('AGENTMESH_PYTHON', '/nowhere/python');
  const { pythonHere } = await import('./run.ts');
  expect(() => pythonHere()).toThrow(
    'These problems need Python 3.8 or later, and there is none here (looked for /nowhere/python). Install it, or name ' +
      'one in AGENTMESH_PYTHON.',
  );
});

describe.skipIf(!pythonThere)('programs in Python', () => {
  it('are right or wrong by their tests, with what was wrong', async () => {
    expect(await run(right)).toEqual({ kind: 'passed' });
    expect(await run('def double(x):\n    return 4')).toEqual({
      kind: 'failed',
      message: 'AssertionError: ',
    });
    expect(await run('def double(x):\n    return y')).toMatchObject({
      message: expect.stringMatching(/^NameError: name 'y'/) as string,
    });
  });

  it('give and take what tests compare: tuples, sets, numbers that are none, and errors', async () => {
    const tests =
      'def check(f):\n    assert f((1, {2}, {"a": [None, True, 1.5]})) == (1, {2}, {"a": [None, True, 1.5]})\n' +
      '    assert f(x=float("inf")) == float("inf")\n    assert f(b"a") == b"a" and f(1j) == 1j and f(10**30) == 10**30\n' +
      '    try: f(0)\n    except ValueError as e: assert str(e) == "zero"\n    else: assert False\n';
    const source = 'def double(x):\n    if x == 0: raise ValueError("zero")\n    return x';
    expect(await run(source, { tests })).toEqual({ kind: 'passed' });
  });

  it.each(hostile)('are held off, and the next one is right: %s', async (_, source, verdict) => {
    expect(verdict.split('|')).toContain(wordOf(await run(source)));
    expect(wordOf(await run(right))).toBe('passed');
    // Neither a file outside nor the folders of their own.
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('whose tests are broken are nobody’s fault', async () => {
    await expect(run(right, { tests: 'def check(: pass' })).rejects.toThrow(PythonError);
    await expect(run(right, { tests: 'x = 1' })).rejects.toThrow(
      /tests of this problem cannot be run: KeyError/,
    );
  });

  it('are dropped when told to', async () => {
    const stop = new AbortController();
    const waiting = runPython({ ...problem, source: 'while True: pass' }, stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});
