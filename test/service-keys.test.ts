import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { run, type StudyInput } from '../src/api/index.ts';
import { completion, oddService } from './support/odd-service.ts';

const canary = 'sk-canary/0123456789"abc';
const variable = 'AGENTMESH_TEST_CANARY';

function textsUnder(folder: string): { file: string; text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => path.join(folder, file))
    .filter((file) => statSync(file).isFile())
    .map((file) => ({ file, text: readFileSync(file, 'latin1') }));
}

it('a key stands in nothing that a study writes, however a service repeats it', async () => {
  process.env[variable] = canary;
  const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-keys-'));
  onTestFinished(() => {
    delete process.env[variable];
    rmSync(folder, { recursive: true, force: true });
  });
  const escaped = [...canary]
    .map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
  const service = await oddService(({ headers }, before) => {
    expect(headers.authorization ?? '').toContain(canary);
    // In an answer, in an error that passes, written as escapes, and in an error that does not pass.
    if (before % 5 === 1)
      return { status: 500, body: { error: { message: `no ${canary}`, request: headers } } };
    if (before % 5 === 2) return { status: 503, body: `{"error": "the key ${escaped} is slow"}` };
    if (before > 30) return { status: 401, body: { error: { message: `Incorrect API key: ${canary}` } } };
    return {
      body: completion({
        content: `Action: stay\nConfidence: 0.5\nMessage: ${canary} ${encodeURIComponent(canary)}`,
      }),
    };
  });
  const study: StudyInput = {
    name: 'keys',
    models: [{ id: `openai-compatible:${service.origin}/v1#m`, apiKeyVariable: variable, answer: 'text' }],
    strategies: ['none'],
    tasks: ['coverage'],
    seeds: 2,
  };
  const waits: unknown[] = [];
  const result = await run(study, {
    dataDirectory: folder,
    record: true,
    onWait: (wait) => waits.push(wait),
  });
  // The service has refused the key at the end, so there are errors on file, too.
  expect(result.summary.failed).toBeGreaterThan(0);
  expect(service.requests.length).toBeGreaterThan(30);
  const written = [...textsUnder(folder), { file: 'result', text: JSON.stringify([result, waits]) }];
  expect(written.map(({ file }) => path.basename(file))).toEqual(
    expect.arrayContaining(['study.db', 'cassette.jsonl']),
  );
  expect(written.some(({ text }) => text.includes('[key]'))).toBe(true);
  const forms = [
    canary,
    'sk-canary',
    encodeURIComponent(canary),
    escaped,
    JSON.stringify(canary).slice(1, -1),
  ];
  for (const { file, text } of written)
    for (const form of forms) expect(text.includes(form), `${file} holds ${form}`).toBe(false);
}, 120_000);
