import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Note, Protocol, StrategyDefinition } from '../contracts/index.ts';
import { misled, networkOnly, none, single, singleBestOfN, uninformative, vdn } from '../strategies/index.ts';
import { act, say } from '../strategies/parts/protocol/act.ts';
import { coverage } from '../tasks/coverage.ts';
import { protocolConformance } from './protocol-conformance.ts';

function own(id: string, begin: () => Protocol): StrategyDefinition {
  return {
    ...{ id, title: id, revision: 1, parts: [], optionsSchema: z.strictObject({}) },
    create: async () => ({ fingerprint: {}, asks: ['choice', 'text'], begin }),
  };
}

const debate = own('debate', () => ({
  decide: async ({ members }) => {
    const notes: Note[] = [];
    for (let round = 1; round <= 3; round++) {
      const heard = [...notes];
      const said = await Promise.all(members.map((member) => say(member, 30, heard)));
      said.forEach((text, from) => notes.push({ kind: 'words', from, round, text }));
    }
    return Promise.all(members.map((member) => act(member, notes)));
  },
}));

/** Each reads what was done before it. */
const sequential = own('sequential', () => ({
  decide: async ({ members }) => {
    const notes: Note[] = [];
    const actions = [];
    for (const [from, member] of members.entries()) {
      const action = await act(member, notes);
      actions.push(action);
      if (typeof action === 'string') notes.push({ kind: 'words', from, round: 1, text: action });
      else notes.push({ kind: 'plan', from, action });
    }
    return actions;
  },
}));

const choices = { definition: coverage };
describe.each([
  ['none', none, {}],
  ['uninformative', uninformative, { task: choices }],
  ['single', single, {}],
  ['single-best-of-n', singleBestOfN, {}],
  ['vdn', vdn, { task: choices }],
  ['vdn with central feedback', vdn, { task: choices, options: { feedback: 'central' } }],
  ['network-only', networkOnly, { task: choices }],
  ['misled', misled, { task: choices }],
  ['a debate', debate, {}],
  ['agents in sequence', sequential, {}],
] as const)('%s', (_, definition, config) => {
  for (const check of protocolConformance(definition as StrategyDefinition, config))
    it(check.name, check.run);
});

/** Names of the checks that a protocol does not pass. */
async function failing(decide: Protocol['decide']): Promise<string[]> {
  const failed: string[] = [];
  for (const check of protocolConformance(own('odd', () => ({ decide }))))
    await Promise.resolve()
      .then(check.run)
      .catch(() => failed.push(check.name));
  return failed;
}

describe('the suite', () => {
  it('finds questions that are put twice', async () => {
    const failed = await failing(async ({ members }) => {
      for (const member of members) await say(member, 9);
      for (const member of members) await say(member, 9);
      return Promise.all(members.map((member) => act(member)));
    });
    expect(failed).toEqual([expect.stringMatching(/^numbers the samples/)]);
  });

  it('finds actions that hang on who answers first', async () => {
    const failed = await failing(async ({ members }) => {
      const notes: Note[] = [];
      await Promise.all(
        members.map(async (member, from) => {
          const text = await say(member, 9);
          notes.push({ kind: 'words', from, round: 1, text });
        }),
      );
      return Promise.all(members.map((member) => act(member, notes)));
    });
    expect(failed).toContain('comes to the same bytes whatever answers first, and in every process');
  });

  it('finds protocols without an end', async () => {
    const failed = await failing(async ({ members }) => {
      for (let sample = 0; ; sample++) await members[0].ask({ write: { maxTokens: 9 }, sample });
    });
    expect(failed).toContain('decides every step, with at most 64 questions to one agent in a step');
  });
});
