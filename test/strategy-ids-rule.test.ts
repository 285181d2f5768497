import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { noStrategyFlags, noStrategyIds, strategyIds } from '../scripts/lint/no-strategy-ids.mjs';
import { builtInCatalogue } from '../src/api/index.ts';

function faults(code: string, filename = 'src/study/some.ts', rule = noStrategyIds): string[] {
  const messages = new Linter({ cwd: import.meta.dirname }).verify(
    code,
    [
      {
        files: ['**/*.ts'],
        languageOptions: { parser: tseslint.parser },
        plugins: { tried: { rules: { rule } } },
        rules: { 'tried/rule': 'error' },
      },
    ],
    filename,
  );
  return messages.map(({ message }) => message);
}

it('reads the ids of the catalogue', () => {
  expect([...strategyIds].sort()).toEqual(builtInCatalogue.strategies.map(({ id }) => id).sort());
});

describe('finds', () => {
  it.each([
    ['a distinctive id', "const a = 'qmix';"],
    ['one in a template', 'const a = `network-only`;'],
    ['a name that is made of one', "import { qmixLearning } from './x.ts';"],
    ['one of several words', 'const singleBestOfNRuns = 3;'],
    ['a word that is compared with an id', "if (definition.id === 'none') play();"],
    ['a word as an id', "const usual = { strategies: ['single'] };"],
    ['a word among ids', "if (ids.includes('independent')) play();"],
    ['a word that is switched on', "switch (strategy) { case 'none': break; }"],
  ])('%s', (_, code) => {
    expect(faults(code)).toHaveLength(1);
  });

  it('a member of a contract that one strategy needs', () => {
    const code =
      'export interface Strategy { readonly unasked?: boolean; speaks(): void; readonly id: string }';
    expect(faults(code, 'src/contracts/strategy.ts', noStrategyFlags)).toHaveLength(2);
  });
});

describe('lets stand', () => {
  it.each([
    ['a word in another sense', "const feedback = 'none'; if (kind === 'single') play();"],
    ['a name that holds a word', 'const isSingle = true; const untrainedYet = 1;'],
    ['a sentence', "throw new Error('Train it: agentmesh train --strategy qmix');"],
  ])('%s', (_, code) => {
    expect(faults(code)).toEqual([]);
  });

  it('an id in the file that is named so', () => {
    expect(faults("const id = 'network-only';", 'src/strategies/parts/network-only.ts')).toEqual([]);
    expect(faults("const id = 'network-only';", 'src/strategies/parts/others.ts')).toHaveLength(1);
  });
});
