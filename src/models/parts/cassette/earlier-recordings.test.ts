import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askModel, type DecisionRequest } from '../../../episode/asking/index.ts';
import { type ModelDefinition, ProviderError } from '../../../contracts/index.ts';
import { contentHash, sha256, systemClock } from '../../../core/index.ts';
import { openaiCompatible } from '../../openai-compatible.ts';
import { scripted } from '../../scripted.ts';
import type { EarlierCall } from './earlier-format.ts';
import { cassetteWriter, openCassette, recorded, replayed } from './index.ts';

const context = { clock: systemClock, workers: 1 };
async function opened(file: string) {
  const cassette = await openCassette(file);
  onTestFinished(() => cassette.close());
  return cassette;
}

describe('a recording of version 2', () => {
  // Four models, asked by agents alone and for their whole team, with free words and without; of one request in four
  // the service answered nothing that could be read, some it refused.
  const file = path.resolve(import.meta.dirname, '../../../../test/golden/cassette/version-2.jsonl');
  const calls = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"key"'))
    .map((line) => JSON.parse(line) as EarlierCall);

  it('gives every decision that was made, with what it cost and the hashes of what was sent', async () => {
    const cassette = await opened(file);
    const definitions = { scripted, 'openai-compatible': openaiCompatible } as Record<string, unknown>;
    const kinds = new Set<string>();
    for (const [of, recorded] of cassette.models) {
      const definition = definitions[recorded.id] as ModelDefinition;
      const options = definition.optionsSchema.parse(recorded.options);
      const model = await replayed(definition, cassette).create(options, context);
      for (const { decision, error, prefix: rules, ...asked } of calls.filter((call) => call.of === of)) {
        const { call, prompt, actions, temperature, seed, speech, team } = asked;
        const prefix = cassette.texts.get(rules)!;
        const request = { prefix, prompt, actions, temperature, seed, call, speech, team } as DecisionRequest;
        if (error === undefined) {
          expect(await askModel(model, request)).toEqual(decision);
          for (const kind of Object.keys(decision!)) kinds.add(kind);
          if (decision!.answer?.includes('asked again'))
            kinds.add(decision!.action === undefined ? 'unread' : 'read again');
        } else {
          await expect(askModel(model, request)).rejects.toThrow(ProviderError);
          kinds.add('error');
        }
      }
    }
    expect([...kinds].sort()).toEqual([
      ...['action', 'answer', 'confidence', 'distribution', 'error', 'message', 'read again'],
      ...['sent', 'team', 'unread', 'usage'],
    ]);
  });

  it('goes on in the format of today, and both parts replay', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-earlier-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const copy = path.join(folder, 'cassette.jsonl');
    copyFileSync(file, copy);
    const definition = scripted as ModelDefinition;
    const options = { ...scripted.optionsSchema.parse({}), failureShare: 0.02, unparsableShare: 0.1 };
    const live = await recorded(definition, cassetteWriter(copy)).create(options, context);
    const later: DecisionRequest = { ...request, call: 'later' };
    const decided = await askModel(live, later);
    const cassette = await opened(copy);
    const model = await replayed(definition, cassette).create(options, context);
    expect(await askModel(model, later)).toEqual(decided);
    const { prefix, ...first } = calls.find(
      ({ of, decision }) => decision && cassette.models.get(of)!.id === 'scripted',
    )!;
    const { prompt, actions, temperature, seed, call } = first;
    const before = { prefix: cassette.texts.get(prefix)!, prompt, actions, temperature, seed, call };
    expect(await askModel(model, before as DecisionRequest)).toEqual(first.decision);
  });
});

const rules = 'Rules.';
const request: DecisionRequest = {
  prefix: rules,
  prompt: 'You are Ann. Choose stay or north or south.',
  actions: ['stay', 'north', 'south'],
  temperature: 1,
  seed: 1,
};
const usage = { inputTokens: 100, outputTokens: 10 };

/** What is made today of a decision as version 1 recorded it. */
async function today(decision: object, answers: string | undefined, asked: DecisionRequest = request) {
  const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-earlier-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'cassette.jsonl');
  const options = scripted.optionsSchema.parse({});
  const of = contentHash({ id: scripted.id, revision: scripted.revision, options });
  const lines = [
    { cassette: 1 },
    { model: of, id: 'scripted', facts: {}, fingerprint: {}, ...(answers !== undefined && { answers }) },
    { text: sha256(rules), value: rules },
    { key: 'k', of, take: 0, ...asked, prefix: sha256(rules), decision },
  ];
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const model = await replayed(scripted, await opened(file)).create(options, context);
  return askModel(model, asked);
}

describe('a sampled answer that version 1 recorded as a distribution', () => {
  it('is the action that it named, and its confidence a number beside it', async () => {
    const answer = '{"action": "north", "confidence": 0.5}';
    expect(await today({ distribution: [0.25, 0.5, 0.25], answer, usage }, 'structured')).toEqual({
      action: 1,
      confidence: 0.5,
      answer,
      usage,
    });
  });

  it('is read from its words where the shares say nothing: below 1/n all were alike', async () => {
    const answer = 'Action: south\nConfidence: 10%';
    expect(await today({ distribution: [1 / 3, 1 / 3, 1 / 3], answer, usage }, 'text')).toMatchObject({
      action: 2,
      confidence: 0.1,
    });
  });

  it('counts by its second answer where it was asked again, and by its shares where it has no words', async () => {
    const answer = 'Action: nowhere\n[asked again]\nAction: north';
    const sent = ['a'.repeat(64), 'b'.repeat(64)];
    expect(await today({ distribution: [0.005, 0.99, 0.005], answer, usage, sent }, 'text')).toEqual({
      action: 1,
      answer,
      usage,
      sent,
    });
    expect(await today({ distribution: [0.2, 0.2, 0.6], usage }, 'structured')).toMatchObject({
      action: 2,
      usage,
    });
    // Read once, and not any more: what was made of it then still holds.
    const odd = { distribution: [0.2, 0.2, 0.6], answer: 'Something odd.', usage };
    expect(await today(odd, 'text')).toMatchObject({ action: 2, usage });
  });

  it('about a team is one action for each', async () => {
    const team = [
      { name: 'Ann', actions: ['stay', 'north'] },
      { name: 'Bob', actions: ['stay', 'north', 'south'] },
    ];
    const answer = '{"Ann": "north", "Bob": "south", "confidence": 0.81}';
    const shares = [
      [0.1, 0.9],
      [0.05, 0.05, 0.9],
    ];
    const asked = { ...request, actions: [], team };
    expect(await today({ team: shares, answer, usage }, 'structured', asked)).toEqual({
      team: [1, 2],
      confidence: 0.81,
      answer,
      usage,
    });
    expect((await today({ team: shares, usage }, 'structured', asked)).team).toEqual([1, 2]);
  });
});

it('everything else is as it was recorded', async () => {
  const exact = { distribution: [0.2, 0.3, 0.5], usage };
  expect(await today(exact, 'probabilities')).toEqual(exact);
  expect(await today(exact, undefined)).toEqual(exact);
  const unread = { answer: 'Whatever.\n[asked again]\nWhatever.', usage };
  expect(await today(unread, 'structured')).toEqual(unread);
  const cut = { usage, truncated: true, sent: ['a'.repeat(64)] };
  expect(await today(cut, 'structured')).toEqual(cut);
});
