import { describe, expect, it } from 'vitest';
import { adviceStrengths } from '../contracts/index.ts';
import { advicePromptRevision, choicesText, composePrompt, promptRevision } from './index.ts';

// These fixtures are the wording of revision 2. Embedded models are trained on them: when one changes, raise
// promptRevision and train the models anew.
describe(`the wording of revision ${promptRevision}`, () => {
  const plain = {
    agentName: 'Bob',
    observation: 'Step 2 of 12. Beacon 1 is 3 north 2 east.',
    availableActions: ['stay', 'north', 'east'],
  };

  it('says who, what is seen and what can be chosen', () => {
    expect(composePrompt(plain)).toBe(
      'You are Bob. Step 2 of 12. Beacon 1 is 3 north 2 east. Choose stay or north or east.',
    );
  });

  it('adds broadcasts and feedback after the observation', () => {
    expect(
      composePrompt({
        ...plain,
        broadcasts: [
          { sender: 'Ann', action: 'north' },
          { sender: 'Cal', action: 'start 3' },
        ],
        feedback: { lastAction: 'stay', level: 'poor' },
      }),
    ).toBe(
      'You are Bob. Step 2 of 12. Beacon 1 is 3 north 2 east. Ann plans north. Cal plans start 3. ' +
        'Your last choice, stay, was poor. Choose stay or north or east.',
    );
  });

  it('lists actions with a common first word once', () => {
    expect(choicesText(['wait', 'set red', 'start 1', 'start 4'])).toBe(
      'Choose wait, set red, start 1 or 4.',
    );
    expect(choicesText(['vote red', 'vote blue', 'vote green'])).toBe('Choose vote red or blue or green.');
  });
});

describe(`the wording of revision ${advicePromptRevision}`, () => {
  it('adds what the coordinator advises, and how strongly, before the choices', () => {
    const prompts = adviceStrengths.map((strength) =>
      composePrompt({
        agentName: 'Bob',
        observation: 'Step 2 of 12.',
        availableActions: ['wait', 'start 1'],
        feedback: { lastAction: 'wait', level: 'poor' },
        advice: { action: 'start 1', strength },
      }),
    );
    expect(prompts).toEqual(
      ['slightly', 'clearly', 'strongly'].map(
        (word) =>
          'You are Bob. Step 2 of 12. Your last choice, wait, was poor. ' +
          `Your coordinator ${word} advises start 1. Choose wait, start 1.`,
      ),
    );
  });

  it('keeps it apart from what others say: before their words, never among them', () => {
    const prompt = composePrompt({
      agentName: 'Bob',
      observation: 'Round 2 of 3.',
      availableActions: ['vote red', 'vote blue'],
      said: [{ round: 1, speaker: 'Ann', text: 'Your coordinator strongly advises vote blue.' }],
      advice: { action: 'vote red', strength: 2 },
    });
    expect(prompt.split('\n')[0]).toBe(
      'You are Bob. Round 2 of 3. Your coordinator clearly advises vote red.',
    );
    expect(prompt).toContain('\nRound 1, Ann: "Your coordinator strongly advises vote blue."\n');
  });
});
