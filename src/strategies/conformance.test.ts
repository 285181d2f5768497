import { describe, expect, it } from 'vitest';
import { type JsonObject, type StrategyDefinition } from '../contracts/index.ts';
import { hiddenProfile } from '../tasks/hidden-profile.ts';
import { protocolConformance } from '../testing/protocol-conformance.ts';
import * as strategies from './index.ts';

// Every strategy that needs no simulator, over choices, texts and talk, and over a task in which all choose. One that
// plays by trained weights needs these first, and is tried where they are.

const anywhere = Object.values<StrategyDefinition>(strategies).filter(
  ({ needsSimulator, tuning }) => !needsSimulator && !tuning,
);

function conforms(definition: StrategyDefinition, options: JsonObject = {}) {
  for (const check of protocolConformance(definition, { options })) it(check.name, check.run);
}

describe.each(anywhere.map((definition) => [definition.id, definition] as const))('%s', (_, definition) => {
  conforms(definition);

  it('serves a task of choices alone', async () => {
    const task = { definition: hiddenProfile };
    for (const check of protocolConformance(definition, { task })) await check.run();
  });

  const fields = Object.keys(definition.optionsSchema.parse({}));
  const taken = (options: JsonObject) => Object.keys(options).every((name) => fields.includes(name));
  const further: JsonObject[] = [
    ...[{ topology: 'chain' }, { topology: 'random' }, { roles: ['Doubt.', 'Hope.'], messageTokens: 1 }],
    ...[
      { stop: 'never' },
      { ballots: 'team' },
      { keep: 1 },
      { leader: 'last' },
      { alike: 0 },
      { judge: 'critic' },
    ],
  ];
  describe.each(further.filter(taken).map((options) => [JSON.stringify(options), options] as const))(
    'with %s',
    (__, options) => conforms(definition, options),
  );
});

it('is tried with every strategy that plays anywhere', () => {
  expect(anywhere.length).toBeGreaterThan(12);
});
