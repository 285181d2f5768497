import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Model,
  type ModelDefinition,
  type ModelRequest,
  ProviderError,
  ReplayError,
  type ScoreRequest,
  StoreError,
  type TextRequest,
} from '../../../contracts/index.ts';
import { systemClock } from '../../../core/index.ts';
import { scripted, scriptedOptions } from '../../scripted.ts';
import { cassetteWriter, openCassette, recorded, replayed } from './index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function cassetteFile() {
  const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-cassette-'));
  folders.push(folder);
  return path.join(folder, 'study', 'cassette.jsonl');
}
const context = { clock: systemClock, workers: 1 };
const make = (definition: ModelDefinition, options: object = {}) =>
  definition.create(scriptedOptions.parse(options), context);
const request = (k: number, call?: string): ScoreRequest => ({
  prefix: 'Rules.',
  prompt: `You are Ann. Step ${k}. Choose: stay, north.`,
  candidates: ['stay', 'north'],
  temperature: 1,
  seed: k,
  ...(call !== undefined && { call }),
});

/** Answers that are never the same twice, as those of a sampling service. */
function counting(): ModelDefinition {
  let asked = 0;
  const create: ModelDefinition['create'] = async () => ({
    facts: { contextLength: 7 },
    fingerprint: { counting: true },
    score: async () => ({ answer: `answer ${asked++}`, usage: { outputTokens: asked } }),
    generate: async () => ({ text: `text ${asked++}`, usage: { outputTokens: asked } }),
    close: async () => {},
  });
  return { ...(scripted as ModelDefinition), id: 'counting', create };
}

const ask = (model: Model, asked: ModelRequest) =>
  'candidates' in asked ? model.score!(asked) : model.generate!(asked);

/** Records what `body` asks; gives back the file's replay. */
async function record(
  file: string,
  definition: ModelDefinition,
  requests: readonly ModelRequest[],
  options: object = {},
) {
  const model = await make(recorded(definition, cassetteWriter(file)), options);
  const results = await Promise.allSettled(requests.map((r) => ask(model, r)));
  await model.close();
  return results;
}
async function replay(
  file: string,
  definition: ModelDefinition,
  requests: readonly ModelRequest[],
  options: object = {},
) {
  const cassette = await openCassette(file);
  try {
    const model = await make(replayed(definition, cassette), options);
    const results = [];
    for (const r of requests) results.push(...(await Promise.allSettled([ask(model, r)])));
    return { results, model };
  } finally {
    await cassette.close();
  }
}

describe('a recording', () => {
  it('plays back vectors of texts to the bit, and names a text that it has none of', async () => {
    const file = cassetteFile();
    let worked = 0;
    const create: ModelDefinition['create'] = async (...given) => ({
      ...(await counting().create(...given)),
      embed: async (texts) => {
        worked += texts.length;
        return texts.map((text) => Float32Array.of(text.length / 3, -0.1, NaN));
      },
    });
    const definition = { ...counting(), create };
    const model = await make(recorded(definition, cassetteWriter(file)), {});
    const vectors = await model.embed!(['one', 'four', 'one']);
    await model.close();
    // Goes on in the same file, and keeps each text once.
    const again = await make(recorded(definition, cassetteWriter(file)), {});
    await again.embed!(['one']);
    await again.close();
    expect(readFileSync(file, 'utf8').match(/"embedded"/g)).toHaveLength(2);
    expect(worked).toBe(4);
    const cassette = await openCassette(file);
    const replay = await make(replayed(definition, cassette), {});
    expect(await replay.embed!(['one', 'four', 'one'])).toEqual(vectors);
    await expect(replay.embed!(['five'])).rejects.toThrow('has no vector of this text: "five"');
    expect(worked).toBe(4);
    await cassette.close();
  });

  it('plays back answers, failures, facts and fingerprint without the model', async () => {
    const file = cassetteFile();
    const requests = Array.from({ length: 200 }, (_, k) => request(k, `call ${k}`));
    const options = { failureShare: 0.2, unparsableShare: 0.2 };
    const first = await record(file, scripted, requests, options);
    const absent: ModelDefinition = {
      ...(scripted as ModelDefinition),
      create: () => Promise.reject(new Error('the model was asked for')),
    };
    const { results, model } = await replay(file, absent, requests, options);
    results.forEach((result, k) => {
      const then = first[k];
      expect(result.status).toBe(then.status);
      if (result.status === 'fulfilled' && then.status === 'fulfilled')
        expect(JSON.stringify(result.value)).toBe(JSON.stringify(then.value));
      if (result.status === 'rejected' && then.status === 'rejected') {
        expect(result.reason).toBeInstanceOf(ProviderError);
        expect((result.reason as Error).message).toBe((then.reason as Error).message);
      }
    });
    expect(model.facts).toEqual({});
    expect(first.some((r) => r.status === 'rejected')).toBe(true);
  });

  it('keeps repetitions apart: they have keys of their own and replay in turn', async () => {
    const file = cassetteFile();
    const definition = counting();
    const model = await make(recorded(definition, cassetteWriter(file)));
    for (let k = 0; k < 3; k++) await ask(model, request(1));
    const keys = readFileSync(file, 'utf8').match(/"key":"[0-9a-f]{64}"/g);
    expect(new Set(keys).size).toBe(3);
    const { results } = await replay(file, definition, [request(1), request(1), request(1), request(1)]);
    expect(results.map((r) => r.status === 'fulfilled' && 'answer' in r.value && r.value.answer)).toEqual([
      'answer 0',
      'answer 1',
      'answer 2',
      false,
    ]);
  });

  it('gives a named call its last take, whose episode was finished', async () => {
    const file = cassetteFile();
    const definition = counting();
    await record(file, definition, [request(1, 'step 1')]);
    await record(file, definition, [request(1, 'step 1'), request(2, 'step 2')]);
    const { results } = await replay(file, definition, [request(1, 'step 1')]);
    expect(results[0]).toMatchObject({ value: { answer: 'answer 1' } });
  });

  it('stops at a call that is not as recorded, naming it and showing every difference', async () => {
    const file = cassetteFile();
    await record(file, counting(), [request(1, 'served, none, coverage, seed 0, episode 0, step 1, Ann')]);
    const changed = { ...request(1, 'served, none, coverage, seed 0, episode 0, step 1, Ann') };
    const { results } = await replay(file, counting(), [
      { ...changed, prompt: changed.prompt.replace('Step 1', 'Step 9'), candidates: ['stay', 'south'] },
    ]);
    const error = (results[0] as PromiseRejectedResult).reason as Error;
    expect(error).toBeInstanceOf(ReplayError);
    expect(error.message).toContain('parts from');
    expect(error.message).toContain('served, none, coverage, seed 0, episode 0, step 1, Ann');
    expect(error.message).toContain(
      'prompt differs at character 19:\n    recorded: You are Ann. Step 1. Choose: stay, north.\n' +
        '    now:      You are Ann. Step 9. Choose: stay, north.',
    );
    expect(error.message).toContain('candidates differs at character 10');
    expect(error.message).not.toContain('seed differs');
  });

  it('keeps text and probabilities of one name apart, and every turn of a conversation', async () => {
    const file = cassetteFile();
    const schema = { type: 'object', properties: { action: { type: 'string', enum: ['stay', 'north'] } } };
    const { prefix, prompt, temperature, seed } = request(1);
    const text: TextRequest = { prefix, prompt, temperature, seed, schema, maxTokens: 9, call: 'step 1' };
    const again = { ...text, turns: [{ answer: 'text 1', reply: 'That is none of the choices.' }] };
    const asked = [request(1, 'step 1'), text, again];
    await record(file, counting(), asked);
    await record(file, counting(), [{ ...text, call: 'step 2' }]);
    expect(readFileSync(file, 'utf8').split('properties')).toHaveLength(2);
    const { results } = await replay(file, counting(), [again, text, request(1, 'step 1')]);
    expect(results).toMatchObject([
      { value: { text: 'text 2', usage: { outputTokens: 3 } } },
      { value: { text: 'text 1' } },
      { value: { answer: 'answer 0' } },
    ]);
    const other = { ...text, schema: { type: 'string' }, maxTokens: 8 };
    const [{ reason }] = (await replay(file, counting(), [other])).results as PromiseRejectedResult[];
    expect(String(reason)).toMatch(/maxTokens differs[^]*schema differs/);
  });

  it('keeps apart what one agent is asked in one step, as in the rounds of a discussion', async () => {
    const file = cassetteFile();
    const definition = counting();
    const rounds = [1, 2, 3].map((round): TextRequest => {
      const { prefix, temperature } = request(round);
      return {
        prefix,
        temperature,
        seed: round,
        maxTokens: 9,
        prompt: `Round ${round}.`,
        call: 'step 1, Ann',
      };
    });
    await record(file, definition, rounds);
    // Killed on the way, and played once more: the last take of each round counts.
    await record(file, definition, rounds.slice(0, 2));
    const { results } = await replay(file, counting(), [rounds[2], rounds[0], rounds[1]]);
    expect(results).toMatchObject([
      { value: { text: 'text 2' } },
      { value: { text: 'text 3' } },
      { value: { text: 'text 4' } },
    ]);
    const other = { ...rounds[1], prompt: 'Round 2 of another study.' };
    const [, { reason }] = (await replay(file, counting(), [rounds[0], other]))
      .results as PromiseRejectedResult[];
    expect(String(reason)).toContain('recorded: Round 2.\n');
  });

  it('says when it has no record of a call, or of a model', async () => {
    const file = cassetteFile();
    await record(file, counting(), [request(1, 'step 1')]);
    const { results } = await replay(file, counting(), [request(2, 'step 2')]);
    expect((results[0] as PromiseRejectedResult).reason).toMatchObject({
      message: expect.stringContaining('no record of: step 2') as string,
    });
    await expect(replay(file, scripted as ModelDefinition, [])).rejects.toThrow(
      /no model "scripted".*counting/,
    );
    await expect(replay(file, counting(), [], { latencyMs: 5 })).rejects.toThrow(
      /with these options:\n {2}latencyMs: recorded 0, now 5\nReplay the study as it was recorded/,
    );
  });

  it('goes on after a power failure that left half a line', async () => {
    const file = cassetteFile();
    const definition = counting();
    await record(file, definition, [request(1, 'step 1')]);
    appendFileSync(file, '{"key":"half a li');
    await record(file, definition, [request(2, 'step 2')]);
    const { results } = await replay(file, definition, [request(1, 'step 1'), request(2, 'step 2')]);
    expect(results.map((r) => r.status)).toEqual(['fulfilled', 'fulfilled']);
  });

  it('stores a shared prefix once', async () => {
    const file = cassetteFile();
    const prefix = 'A long set of rules. '.repeat(50);
    await record(
      file,
      counting(),
      Array.from({ length: 20 }, (_, k) => ({ ...request(k), prefix })),
    );
    expect(readFileSync(file, 'utf8').split(prefix)).toHaveLength(2);
  });

  it('says what is wrong with a file that is none', async () => {
    const file = path.join(path.dirname(path.dirname(cassetteFile())), 'file');
    await expect(openCassette(file)).rejects.toThrow(/cannot be read.*--record/);
    writeFileSync(file, '{"name": "other"}\n');
    await expect(openCassette(file)).rejects.toThrow(/file:1: .*no cassette/);
    writeFileSync(file, '{"cassette":1}\n{"key":\n');
    await expect(openCassette(file)).rejects.toThrow(/file:2: .*damaged/);
    writeFileSync(file, '{"cassette":99}\n');
    await expect(openCassette(file)).rejects.toThrow(/version 99/);
  });

  it('that cannot be written is a StoreError, so that nothing goes on unrecorded', async () => {
    const file = cassetteFile();
    writeFileSync(path.dirname(file), 'a file where the folder should be');
    const [result] = await record(file, counting(), [request(1)]);
    expect((result as PromiseRejectedResult).reason).toBeInstanceOf(StoreError);
  });
});
