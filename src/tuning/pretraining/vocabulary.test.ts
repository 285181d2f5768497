import { describe, expect, it } from 'vitest';
import { Tokeniser } from '../../nn/index.ts';
import { deriveVocabulary } from './vocabulary.ts';

const settings = { limit: 100, patternLimit: 10, leastShare: 0.05 };
const prompts = Array.from(
  { length: 60 },
  (_, k) => `You are Ann. Beacon ${(k % 3) + 1} is ${k % 7} north ${(k * 3) % 5} east. Choose: stay, north.`,
);

describe('deriveVocabulary', () => {
  const { phrases } = deriveVocabulary(
    prompts,
    ['Cover every beacon.'],
    ['stay', 'north', 'set red'],
    settings,
  );
  const tokeniser = new Tokeniser({ phrases });

  it('reads templates in few tokens: names, quantities and fixed phrases', () => {
    const ids = tokeniser.encode(prompts[4]);
    expect(ids.map((id) => tokeniser.decode([id]))).toEqual([
      'You are Ann',
      'Beacon 2 is',
      '4 north',
      '2 east',
      'Choose',
      'stay',
      'north',
    ]);
  });

  it('has every action as one token, and every word of the rules', () => {
    for (const action of ['stay', 'north', 'set red']) expect(tokeniser.encodeAnswer(action)).toHaveLength(1);
    expect(tokeniser.encode('Cover every beacon.')).toHaveLength(3);
  });

  it('does not depend on the order of the texts', () => {
    const turned = deriveVocabulary(
      [...prompts].reverse(),
      ['Cover every beacon.'],
      ['set red', 'north', 'stay'],
      settings,
    );
    expect(turned.phrases).toEqual(phrases);
  });

  it('keeps to its limits', () => {
    const few = deriveVocabulary(prompts, [], ['stay'], { ...settings, patternLimit: 2 });
    // "Beacon # is" would stand for three phrases.
    expect(few.phrases).not.toContain('Beacon 1 is');
    expect(few.phrases).toContain('Beacon 1');
    expect(few.phrases).toContain('You are Ann');
    const none = deriveVocabulary(prompts, [], ['stay'], { ...settings, limit: 0 });
    expect(none.phrases).not.toContain('You are');
    const rare = deriveVocabulary([...prompts, 'Beware of dogs.'], [], [], settings);
    expect(rare.phrases).not.toContain('Beware of');
    expect(rare.phrases).toContain('Beware');
  });
});
